"""The agency's people: who signs the letters of the clients whose file names her as the manager.

```yaml
people:
  anna@agency.example: {name: Anna Berg, role: Account manager, phone: "+46 70 123 45 67"}
  olga@agency.example: {name: {ru: Ольга Иванова, en: Olga Ivanova}, role: {ru: Менеджер, en: Account manager}}
```
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from unicodedata import category

from pydantic import AfterValidator, BeforeValidator

from smm.files.addresses import mailbox
from smm.files.entry import Address, Entry, Line
from smm.files.languages import ENGLISH, is_one
from smm.files.quoted import quoted

UNSEEN = ("Cc", "Cf", "Zl", "Zp")  # of Unicode: what nobody sees, such as what turns the direction of a text
PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{3,28}[0-9]")
MOST = 200  # characters, as of other lines
EVERY = ""  # in place of a language: what is written once for all of them


def visible(value: str) -> str:
    """The line without spaces around it. Raises ValueError if nobody would see it, or not all of it."""
    if not value.strip() or any(category(each) in UNSEEN for each in value):
        raise ValueError(f"must be visible characters in one line, found {quoted(value)}")
    return " ".join(value.split())


def _by_language(value: Any) -> dict[str, str]:
    written = value if isinstance(value, dict) else {EVERY: value}
    if not written or not all(isinstance(each, str) and len(each) <= MOST for each in written.values()):
        raise ValueError(
            "must be a text, or one for each language, such as {en: Account manager, sv: Kundansvarig}; found"
            f" {quoted(value)}"
        )
    return {language and is_one(language): visible(text) for language, text in written.items()}


def _phone(value: Any) -> str:
    if not isinstance(value, str) or not PHONE.fullmatch(value):
        raise ValueError(f'must be a phone number in quotes, such as "+46 70 123 45 67", found {quoted(value)}')
    return value


def _described(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"must be a name and what belongs to it, such as {{name: Anna Berg}}, found {quoted(value)}")
    return value


Name = Annotated[Line, AfterValidator(visible)]
ByLanguage = Annotated[dict[str, str], BeforeValidator(_by_language)]


class Person(Entry):
    name: ByLanguage
    role: ByLanguage | None = None
    phone: Annotated[str, BeforeValidator(_phone)] | None = None


def spoken(texts: Mapping[str, str], language: str) -> str:
    """A name or role for readers of this language: theirs, else the one for all, else the English one, else any."""
    return next(texts[each] for each in (language, EVERY, ENGLISH, *texts) if each in texts)


def _apart(value: Any) -> Any:
    """No mailbox stands there in two spellings. What is no address is told for each by itself."""
    if not isinstance(value, dict):
        raise ValueError(
            "must be addresses and who has them, such as anna@agency.example: {name: Anna Berg};"
            f" found {quoted(value)}"
        )
    spelled: dict[str, str] = {}
    for written in filter(_is_address, value):
        first = spelled.setdefault(mailbox(written).key, written)
        if first != written:
            raise ValueError(f"has {first} and {written}, which are the same mailbox; keep one of the two")
    return value


def _is_address(value: Any) -> bool:
    try:
        mailbox(value)
    except (ValueError, AttributeError):  # a BadAddressError is a ValueError; what is no text has no address
        return False
    return True


People = Annotated[
    dict[Address, Annotated[Person, BeforeValidator(_described)]],
    BeforeValidator(_apart),
]
"""Address -> person."""


def find(people: Mapping[str, Person], address: str | None) -> Person | None:
    """Who has this mailbox, however it is spelled."""
    wanted = mailbox(address).key if address else None
    return next((person for each, person in people.items() if mailbox(each).key == wanted), None)


def unused(people: Mapping[str, Person], managers: Iterable[str]) -> list[str]:
    """The addresses of those who are the manager of no client."""
    used = {mailbox(address).key for address in managers}
    return [address for address in people if mailbox(address).key not in used]
