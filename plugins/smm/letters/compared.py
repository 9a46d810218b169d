"""A number beside an earlier one, in words: ``up 6% on September``."""

from datetime import date

from smm.letters.numbers import Number
from smm.letters.words import Words, digits

MOST = 10  # times more: from there on a difference says more than percent do


def compared(now: Number, before: Number, unit: str, month: str, words: Words, currency: str) -> str:
    """How far the number moved since; ``month`` is the earlier one's name. Empty if one is not known as a whole.

    Shares differ in percentage points; so does, in its unit, what cannot be told in percent.
    """
    if (
        now.value is None
        or before.value is None
        or any(each.marks and each.marks.is_incomplete for each in (now, before))
    ):
        return ""
    gap = now.value - before.value
    if unit == "share":
        shown = digits(unit, now.value, before.value)
        told = words.points(abs(gap), shown) if round(gap * 100, shown) else ""
    elif before.value > 0 and now.value >= 0 and gap / before.value < MOST:
        told = words.about(abs(gap) / before.value)
    else:
        told = words.amount(abs(gap), unit, currency, digits(unit, now.value, before.value)) if gap else ""
    if not told:
        return words.say("compared.same", month=month)
    return words.say("compared.up" if gap > 0 else "compared.down", change=told, month=month)


def name(month: date, told_in: date, words: Words) -> str:
    """The earlier month's name; with its year, unless it is the one before the letter's."""
    return words.month(month, year=(told_in.year - month.year) * 12 + told_in.month - month.month >= 12)
