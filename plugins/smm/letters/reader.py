"""The reader of one copy of a letter: how it greets him, who signs it, and what he has read in an earlier one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from smm.files import people
from smm.files.addresses import mailbox
from smm.files.agency import Agency
from smm.letters.content import Content
from smm.letters.phrases import Phrases
from smm.letters.words import Words, words


@dataclass(frozen=True)
class Reader:
    """As the client's file and the outbox know him; without an address, nobody in particular."""

    address: str = ""
    name: str = ""  # as the client's file has it
    has_read: bool = False  # an earlier letter, which explained the numbers
    page: str = ""  # the address of his own page, where each letter is whole; empty if he has none


ANYBODY = Reader()


def addressed(letter: Phrases, content: Content, reader: Reader, agency: Agency) -> Phrases:
    """The letter as this reader gets it.

    It is signed by the client's manager, if the agency's file knows her, else in the agency's name; not to herself.
    """
    speech = words(letter.language)
    return replace(
        letter,
        greeting=speech.say("greeting", name=reader.name) if reader.name else "",
        folded=tuple(_folded(content, speech)) if reader.has_read else (),
        page=reader.page,
        signature=() if _is_one(reader.address, content.manager) else tuple(_signature(content, agency, speech)),
    )


def givers(content: Content, speech: Words) -> list[str]:
    """The sources of the letter's numbers, each once."""
    measured = [source for target in content.targets if target.value is not None for source in target.sources]
    return [speech.giver(source) for source in dict.fromkeys([*measured, *(pull.source for pull in content.pulls)])]


def _folded(content: Content, speech: Words) -> Iterator[tuple[str, str]]:
    sheet = speech.say("folded.sheet")
    if sources := givers(content, speech):
        told = speech.say("folded.sources", sources=", ".join(sources), sheet=sheet)
        yield speech.say("sections.sources"), told
    yield speech.say("sections.meanings"), speech.say("folded.meanings", sheet=sheet)


def _signature(content: Content, agency: Agency, speech: Words) -> Iterator[str]:
    person = people.find(agency.people, content.manager)
    if not person and not agency.name:
        return
    yield speech.say("regards")
    if person:
        yield people.spoken(person.name, speech.language)
    role = people.spoken(person.role, speech.language) if person and person.role else ""
    yield from filter(None, [", ".join(filter(None, [role, agency.name])), person.phone if person else ""])


def _is_one(address: str, manager: str | None) -> bool:
    return bool(address and manager) and mailbox(address).key == mailbox(manager or "").key
