"""A language: its phrases, its plurals, and how it writes numbers, money and dates.

The phrases stand in include/locale/<language>.yml; those of a source stand with the source (`smm.sources.words`).
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol

from smm.files import languages
from smm.files.checked import Mistakes
from smm.files.languages import Texts
from smm.files.unchanged import while_unchanged
from smm.sources import words as of_sources

SHOWN = {"count": 0, "money": 2, "seconds": 0, "share": 2, "ratio": 2}  # digits after the point
MOST_DIGITS = 6
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
CLIENT = "client"  # in place of a source: its lists, where the client gave them


class BrokenLanguageError(Exception):
    """A file of words cannot be read. It is no Mistakes: those of the agency's file stop every letter."""


class Words:
    """What a letter needs to speak one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._locale = Locale.parse(language)
        try:
            self.entries = languages.read(language).content
            self._sources = of_sources.of(language)
        except Mistakes as refused:
            raise BrokenLanguageError(str(refused)) from None

    def say(self, key: str, **filled: str) -> str:
        """The phrase at ``key`` (``lead.below``) with its {braces} filled. Raises KeyError for an unknown one."""
        return str(self._entry(key)).format_map(filled)

    def count(self, key: str, number: int | Decimal, **filled: str) -> str:
        """The phrase in the form that ``number`` asks for: its own (``=2``), or the language's plural.

        {n} is the number, unless it is given otherwise.
        """
        entry = self._entry(key)
        form = entry.get(f"={number}") or entry[self._locale.plural_form(number)]
        shown = {"n": format_decimal(number, locale=self._locale)} | filled
        return str(form).format_map(shown)

    def has(self, key: str) -> bool:
        group, _, name = key.partition(".")
        return name in self.entries[group]

    def _entry(self, key: str) -> Any:
        entry = self.entries
        for part in key.split("."):
            entry = entry[part]
        return entry

    def measured(self, source: str) -> str:
        """Who measured KPIs, as a line of its own."""
        return self.say("given_by_client.measured") if source == CLIENT else self._sources[source].measured

    def giver(self, source: str) -> str:
        """The source's name within a sentence."""
        return self.say("given_by_client.giver") if source == CLIENT else self._sources[source].giver

    def check(self, source: str, identity: str | None) -> str | None:
        """Where a reader can look up what this identity's numbers are; None = nowhere."""
        phrase = None if source == CLIENT or identity is None else self._sources[source].check
        return phrase and phrase.format(id=identity)

    def own_days(self, source: str) -> str | None:
        """A sentence about the source's days, if they are not the client's."""
        return None if source == CLIENT else self._sources[source].own_days

    def network(self, name: str) -> str:
        """The network's name; of one that only the client's file knows, the name it has there."""
        own = name.removesuffix("_ads")
        if title := self._network(name):
            return title
        title = self._network(own)
        return self.say("ads_of", network=title) if title else name

    def _network(self, name: str) -> str | None:
        if self.has(f"networks.{name}"):
            return self.say(f"networks.{name}")
        return self._sources[name].network if name in self._sources else None

    def kpi(self, name: str, part: str, own: Texts) -> str:
        """Its title or meaning; ``own`` are those that the KPI came with."""
        return languages.of_kpi(self.entries, self.language, name, part, own)

    def amount(self, value: Decimal, unit: str, currency: str, digits: int, *, signed: bool = False) -> str:
        """A number of a KPI: 1 634 · 1,2 % · 300 ₽ · 75 с; signed as a difference is."""
        return self._amount(value, unit, currency, digits, signed).replace("-", "\N{MINUS SIGN}")

    def _amount(self, value: Decimal, unit: str, currency: str, digits: int, signed: bool) -> str:
        number = "#,##0" + ("." + "0" * digits if digits else "")
        match unit:
            case "share":
                pattern = str(self._locale.percent_formats[None].pattern).replace("#,##0", number)
                return format_percent(value, _signed(pattern, signed), locale=self._locale)
            case "money":
                # CLDR puts a space between the letters of a currency and the number; Babel leaves it out
                space = "\N{NO-BREAK SPACE}" if get_currency_symbol(currency, self._locale)[-1].isalpha() else ""
                pattern = str(self._locale.currency_formats["standard"].pattern)
                pattern = pattern.replace("¤#", f"¤{space}#").replace("#,##0.00", number)
                return format_currency(value, currency, _signed(pattern, signed), self._locale, currency_digits=False)
            case "seconds":
                return self.say("seconds", n=format_decimal(value, _signed(number, signed), locale=self._locale))
        return format_decimal(value, _signed(number, signed), locale=self._locale)

    def part(self, part: Decimal, *, signed: bool = False) -> str:
        """A part of something, to a tenth of a percent: 3,9 % · 5 %"""
        rounded = round(part, 3)
        return self.amount(rounded, "share", "", 1 if rounded % Decimal("0.01") else 0, signed=signed)

    def about(self, part: Decimal, *, signed: bool = False) -> str:
        """A part of something, as it matters: 11 % · 0,4 %; empty if it is less than that."""
        shown = 2 if round(abs(part), 2) >= Decimal("0.01") else 3
        rounded = round(part, shown)
        return self.amount(rounded, "share", "", shown - 2, signed=signed) if rounded else ""

    def points(self, difference: Decimal, digits: int, *, signed: bool = False) -> str:
        """The difference of two shares, in percentage points."""
        rounded = round(difference * 100, digits)
        return self.count("points", rounded, n=self.amount(rounded, "count", "", digits, signed=signed))

    def month(self, month: date, *, year: bool = True) -> str:
        """октябрь 2025 г. · октябрь"""
        if year:
            return format_skeleton("yMMMM", month, locale=self._locale)
        return format_date(month, "LLLL", locale=self._locale)

    def in_month(self, month: date, *, year: bool = False) -> str:
        """в октябре · в октябре 2025 года"""
        told = self.say(f"in_month.{MONTHS[month.month - 1]}")
        return self.say("in_year", month=told, year=str(month.year)) if year else told

    def short_month(self, month: date, *, year: bool = True) -> str:
        """окт. 2025 г. · окт."""
        if year:
            return format_skeleton("yMMM", month, locale=self._locale)
        return format_date(month, "LLL", locale=self._locale)

    def day(self, day: date) -> str:
        return format_skeleton("MMMMd", day, locale=self._locale)

    def long_day(self, day: date) -> str:
        """4 ноября 2025 г."""
        return format_date(day, "long", locale=self._locale)

    def moment(self, moment: datetime) -> str:
        """4 ноября, 9:12"""
        return f"{self.day(moment.date())}, {format_time(moment, 'short', locale=self._locale)}"

    def days(self, first: date, last: date) -> str:
        return format_interval(first, last, "MMMd", locale=self._locale)

    def enumerate(self, items: Sequence[str]) -> str:
        return format_list(items, locale=self._locale)


def digits(unit: str, *numbers: Decimal | None) -> int:
    """How many digits after the point these numbers are shown with, together.

    As few as matter; none if all are whole or large; more if two different ones would look the same.
    """
    values = {number * (100 if unit == "share" else 1) for number in numbers if number is not None}
    if all(value == value.to_integral_value() for value in values):
        return 0
    count = _mattering(unit, max(map(abs, values)))
    while len({round(value, count) for value in values}) < len(values) and count < MOST_DIGITS:
        count += 1
    return count


def decimals(unit: str, number: Decimal | None) -> int:
    """How many digits after the point this number was written with, as far as its unit has any."""
    if number is None:
        return 0
    exponent = round(number * (100 if unit == "share" else 1), SHOWN[unit]).normalize().as_tuple().exponent
    written = max(0, -exponent) if isinstance(exponent, int) else 0
    return SHOWN[unit] if written and unit == "money" else written


def _mattering(unit: str, largest: Decimal) -> int:
    """11 %, 7,5 % and 1,08 %: the larger, the fewer."""
    match unit:
        case "money":
            return 0 if largest >= 1000 else SHOWN[unit]
        case "share":
            return 0 if largest >= 10 else 1 if largest >= 3 else SHOWN[unit]
        case "ratio":
            return 0 if largest >= 100 else 1 if largest >= 10 else SHOWN[unit]
    return SHOWN[unit]


def _signed(pattern: str, signed: bool) -> str:
    return f"+{pattern};-{pattern}" if signed else pattern


@while_unchanged(lambda language: [languages.FOLDER / f"{language}.yml", *of_sources.paths()])
def words(language: str) -> Words:
    """What is known of the language. Raises BrokenLanguageError."""
    return Words(language)
