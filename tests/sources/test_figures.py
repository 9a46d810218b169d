"""Figures: the habits of people's files, and what is refused with a line and a way out."""

import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.loopback import Answer as HttpAnswer
from sandbox.loopback import Request, Server
from smm.project import ROOT
from smm.sources import BadInput, Job, Known, QuotaSpent, Refused, SourceError, Transient, figures
from tests.sources.loading import Loaded, job, load

FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)
MARCH = date(2024, 3, 1)


def work(path: str) -> Job:
    return job(network="figures", options={"path": path}, networks=("vk_spb",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "yarko.csv"


def taken(file: Path, text: str, encoding: str = "utf-8") -> Loaded:
    file.write_bytes(text.encode(encoding))
    return load(figures, work(str(file)))


def refused(file: Path, text: str) -> list[str]:
    """The lines of the refusal, its first one aside."""
    with pytest.raises(BadInput) as raised:
        taken(file, text)
    first, *lines = str(raised.value).splitlines()
    assert first == f"{file}: nothing was taken, for some of it is wrong"
    return lines


def test_rows(file: Path) -> None:
    text = """period,network,measure,value,note
2024-03-10,vk_ads,spend,1234.50,VK ads
2024-03,vk,posts_planned,30,
2024-03,vk_spb,budget,70000,for two months
"""
    loaded = taken(file, text)
    assert loaded.rows["figures"] == [
        ("vk_ads", "spend", "day", date(2024, 3, 10), Decimal("1234.50"), "VK ads"),
        ("vk", "posts_planned", "month", MARCH, Decimal(30), None),
        ("vk_spb", "budget", "month", MARCH, Decimal(70000), "for two months"),
    ]
    assert loaded.known == [Known("figures", FIRST, LAST)]
    assert loaded.answers[0].body == text.encode()
    assert loaded.health == {"encoding": "utf-8-sig", "rows.figures": 3}


COMMA, SEMICOLON, TAB = ("{0},vk,spend,{1},{2}", "{0};vk;spend;{1};{2}", "{0}\tvk\tspend\t{1}\t{2}")
HEADERS = {COMMA: "period,network,measure,value,note", SEMICOLON: "Period;Network;Measure;Value;Note"}
HEADERS[TAB] = "period\tnetwork\tmeasure\tvalue\tnote"


@pytest.mark.parametrize(
    ("habit", "row", "encoding", "ends"),
    [
        ("a plain file", COMMA.format("2024-03-10", "1234.5", "реклама"), "utf-8", "\n"),
        ("Excel's UTF-8", SEMICOLON.format("10.03.2024", "1 234,50", "реклама"), "utf-8-sig", "\r\n"),
        ("Excel in Russian", SEMICOLON.format("10.03.2024", "1234,50", "реклама"), "cp1251", "\r\n"),
        ("pasted from a sheet", TAB.format("2024-03-10", "1 234,5", "реклама"), "utf-8", "\n"),
        ("a no-break space", SEMICOLON.format("10.3.2024", "1\u00a0234,50", "реклама"), "utf-8", "\n"),
        ("a narrow one", SEMICOLON.format(" 2024-03-10 ", "1\u202f234,50", " реклама "), "utf-8", "\n"),
        ("quotes", COMMA.format("2024-03-10", '"1 234,50"', '"реклама"'), "utf-8", "\n"),
        ("a sign", COMMA.format("2024-03-10", "+1234.50", "реклама"), "utf-8", "\n"),
        ("blank lines", COMMA.format("2024-03-10", "1234.50", "реклама") + "\n,,,,\n\n", "utf-8", "\n"),
        ("words in capitals", "2024-03-10,VK,Spend,1234.50,реклама", "utf-8", "\n"),
        ("an old Mac", COMMA.format("2024-03-10", "1234.50", "реклама"), "utf-8", "\r"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() and " " in value else "",
)
def test_habits(habit: str, row: str, encoding: str, ends: str, file: Path) -> None:
    header = next((text for form, text in HEADERS.items() if form[3] in row.replace(",50", "")[:14]), HEADERS[COMMA])
    loaded = taken(file, ends.join([header, *row.split("\n"), ""]), encoding)
    assert loaded.rows["figures"] == [
        ("vk", "spend", "day", date(2024, 3, 10), Decimal("1234.5"), "реклама"),
    ]
