"""How the languages write numbers, shares, money and dates."""

import re
from datetime import date
from decimal import Decimal

import pytest

from smm import catalogue
from smm.letters.words import digits, words


@pytest.mark.parametrize(
    ("language", "value", "unit", "currency", "places", "signed", "said"),
    [
        ("en", "1634", "count", "", 0, False, "1,634"),
        ("ru", "1634", "count", "", 0, False, "1 634"),
        ("sv", "-1634.5", "ratio", "", 2, True, "−1 634,50"),
        ("en", "0.0123", "share", "", 2, False, "1.23%"),
        ("ru", "0.0123", "share", "", 2, False, "1,23 %"),
        ("ru", "312.4", "money", "RUB", 2, False, "312,40 ₽"),
        ("ru", "12.4", "money", "RUB", 2, True, "+12,40 ₽"),
        ("en", "-45000", "money", "EUR", 0, True, "−€45,000"),
        ("en", "312.4", "money", "RUB", 2, False, "RUB 312.40"),
        ("sv", "45000", "money", "SEK", 0, False, "45 000 kr"),
        ("ru", "75", "seconds", "", 0, False, "75 с"),
    ],
)
def test_numbers(language: str, value: str, unit: str, currency: str, places: int, signed: bool, said: str) -> None:
    found = words(language).amount(Decimal(value), unit, currency, places, signed=signed)
    assert found.replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize(
    ("language", "difference", "places", "said"),
    [
        ("ru", "0.01", 0, "1 процентный пункт"),
        ("ru", "0.02", 0, "2 процентных пункта"),
        ("ru", "0.05", 0, "5 процентных пунктов"),
        ("ru", "0.21", 0, "21 процентный пункт"),
        ("ru", "0.0012", 2, "0,12 процентного пункта"),
        ("en", "0.01", 0, "1 percentage point"),
        ("en", "0.0012", 2, "0.12 percentage points"),
        ("sv", "0.01", 0, "1 procentenhet"),
        ("sv", "-0.02", 0, "−2 procentenheter"),
    ],
)
def test_points(language: str, difference: str, places: int, said: str) -> None:
    assert words(language).points(Decimal(difference), places) == said


@pytest.mark.parametrize(
    ("unit", "numbers", "places"),
    [
        ("count", ["1634", "1700"], 0),
        ("ratio", ["2.5", "3"], 2),
        ("ratio", ["2", "3"], 0),
        ("share", ["0.012", "0.0131"], 2),
        ("share", ["0.012", "0.01196"], 3),  # with 2 the missed one would look met
        ("share", ["0.5", "0.4"], 0),
        ("money", ["300", "312.4"], 2),
        ("money", ["1300", "1312.4"], 0),
        ("count", ["99.9", "100"], 1),
        ("count", ["1"], 0),
        ("ratio", ["0.3333333333333333", "0.3333333333333334"], 6),
    ],
)
def test_as_many_digits_as_tell_two_numbers_apart(unit: str, numbers: list[str], places: int) -> None:
    assert digits(unit, *map(Decimal, numbers), None) == places


@pytest.mark.parametrize(
    ("language", "month", "without_year", "day", "days"),
    [
        ("en", "October 2025", "October", "October 14", "Oct 28 – Nov 3"),
        ("ru", "октябрь 2025 г.", "октябрь", "14 октября", "28 окт. – 3 нояб."),
        ("sv", "oktober 2025", "oktober", "14 oktober", "28 okt. – 3 nov."),
    ],
)
def test_dates(language: str, month: str, without_year: str, day: str, days: str) -> None:
    speech, october = words(language), date(2025, 10, 1)

    def plain(text: str) -> str:
        return re.sub(r"\s", " ", text)

    assert plain(speech.month(october)) == month
    assert speech.month(october, year=False) == without_year
    assert speech.day(date(2025, 10, 14)) == day
    assert plain(speech.days(date(2025, 10, 28), date(2025, 11, 3))) == days


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("vk", "ВКонтакте"),
        ("vk_ads", "реклама ВКонтакте"),
        ("all", "все сети"),
        ("vk_spb", "vk_spb"),  # the client's own second community
        ("vk_spb_ads", "vk_spb_ads"),
    ],
)
def test_networks(name: str, said: str) -> None:
    assert words("ru").network(name) == said


def test_every_network_of_the_catalogue_has_a_name() -> None:
    for network in catalogue.read().networks.names():
        assert words("ru").network(network) != network
