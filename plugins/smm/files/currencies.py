"""Currencies: the codes of ISO 4217 that are money somewhere today."""

from difflib import get_close_matches
from functools import cache

from babel.core import get_global
from babel.numbers import list_currencies

from smm.files.quoted import quoted

# What people write for a code, and the money of a state that is no more
MEANT = {
    "€": "EUR",
    "EURO": "EUR",
    "$": "USD",
    "₽": "RUB",
    "SUR": "RUB",
    "РУБ": "RUB",
    "РУБЛЬ": "RUB",
    "РУБЛИ": "RUB",
    "KR": "SEK",
    "SKR": "SEK",
    "NKR": "NOK",
    "DKR": "DKK",
    "DOLLAR": "USD",
}


def current(code: str) -> str:
    """The code itself. Raises ValueError, which says what was probably meant."""
    if code not in _now():
        gone = ", which nobody pays with any more" if code in list_currencies() else ""
        raise ValueError(f"must be an ISO code such as {_meant(code)}, found {quoted(code)}{gone}")
    return code


def _now() -> set[str]:
    return {code for money in _by_territory() for code, last_day, is_tender in money if is_tender and last_day is None}


def _meant(code: str) -> str:
    written = code.upper()
    if written in _now():
        return written
    if written in MEANT:
        return MEANT[written]
    heirs = set[str]()
    for money in _by_territory():
        if written in {code for code, _, _ in money}:
            heirs |= {code for code, last_day, is_tender in money if is_tender and last_day is None}
    same_country = {heir for heir in heirs if heir[:2] == written[:2]}  # the first two letters are the country's
    likely = sorted(same_country or heirs) or get_close_matches(written, sorted(_now()), 1)
    return " or ".join(likely[:3]) or "EUR"


@cache
def _by_territory() -> list[list[tuple[str, object, bool]]]:
    """For each territory the money it has had: its code, the last day (None if it still is) and whether it was cash."""
    found = get_global("territory_currencies").values()
    return [[(code, last, is_tender) for code, _, last, is_tender in money] for money in found]
