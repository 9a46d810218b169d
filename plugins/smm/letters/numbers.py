"""A number as letters freeze it, and the one way in which letters and the board write it, with all that marks it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from smm.letters.words import Words, digits


class Part(BaseModel):
    """What a letter is made of: it says whose it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client: str


class Marks(BaseModel):
    """What must be known beside a number; marts.marks gives it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    is_incomplete: bool = False
    known_days: int | None = None  # of an incomplete one; letters of earlier versions do not have them
    days: int | None = None
    is_derived: bool = False
    is_late: bool = False
    is_flagged: bool = False

    def without(self, name: str | None) -> "Marks":
        """But for what is said already: derived, late or flagged."""
        return self.model_copy(update={f"is_{name}": False}) if name in ("derived", "late", "flagged") else self


class Number(Part):
    """A value, else why there is none. Money is in the client's currency, shares are fractions."""

    value: Decimal | None
    reason: str | None = None
    spent: Decimal | None = None  # of a cost without a value, the money for which nothing came
    result: str | None = None  # the measure that it is the cost of
    marks: Marks | None = None


def older(given: Mapping[str, Any], name: str, mark: str = "") -> dict[str, Any]:
    """What a letter of an earlier version says of a number, as the fields of a Number.

    It has ``name`` and ``name_reason``, and in ``mark`` whether days are missing.
    """
    marks = {"is_incomplete": True} if given.get(mark) else None
    found = {"client": given.get("client"), "value": given.get(name), "reason": given.get(f"{name}_reason")}
    return found | {"marks": marks}


def listed(marks: Marks | None, words: Words) -> list[str]:
    """``3 of 7 days``, ``approximate in the source``: one phrase for each mark."""
    if marks is None:
        return []
    found = []
    if marks.is_incomplete and marks.days is not None:
        found.append(words.count("marks.days", marks.days, n=str(marks.known_days), days=str(marks.days)))
    elif marks.is_incomplete:
        found.append(words.say("marks.incomplete"))
    flags = {"derived": marks.is_derived, "late": marks.is_late, "flagged": marks.is_flagged}
    return [*found, *(words.say(f"marks.{name}") for name, is_so in flags.items() if is_so)]


def marked(text: str, marks: Marks | None, words: Words) -> str:
    """``2 (3 of 7 days)``"""
    phrases = listed(marks, words)
    return words.say("marked", value=text, marks=", ".join(phrases)) if phrases else text


def told(number: Number, unit: str, currency: str, words: Words, shown: int | None = None) -> str:
    """The number with its marks, else the money for which nothing came, else why there is no number.

    ``shown`` is how many digits it has after the point, None = as many as it asks for itself.
    """
    if number.value is not None:
        places = digits(unit, number.value) if shown is None else shown
        text = words.amount(number.value, unit, currency, places)
    elif number.spent is not None:
        text = for_nothing(number.spent, number.result, currency, words)
    else:
        return words.say(f"short_reasons.{number.reason}")
    return marked(text, number.marks, words)


def for_nothing(spent: Decimal, result: str | None, currency: str, words: Words) -> str:
    """``RUB 50,000 spent, no leads``"""
    key = f"nothing.{result}" if result and words.has(f"nothing.{result}") else "nothing.other"
    return words.say(
        "spent", spent=words.amount(spent, "money", currency, digits("money", spent)), nothing=words.say(key)
    )
