"""Tables that people write: figures and plans are read by the same rules, to the same numbers and the same mistakes."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from smm import catalogue, clients
from smm.clients import plans
from smm.files.checked import Mistakes
from smm.sources import BadInput
from smm.sources.figures import SOURCE
from tests.clients.test_clients import GOOD, written
from tests.sources.figures.sheets import listed, work
from tests.sources.loading import load

Read = Callable[[bytes, str], list[Decimal]]
"""A file's bytes and its client's language -> its numbers."""


def figures_of(folder: Path, body: bytes, language: str) -> list[Decimal]:
    path = folder / "figures.csv"
    path.write_bytes(body)
    job = work(str(path))
    return [row[4] for row in listed(load(SOURCE, type(job)(**vars(job) | {"language": language})))]


def plans_of(folder: Path, body: bytes, language: str) -> list[Decimal]:
    path = folder / "plans.csv"
    path.write_bytes(body)
    text = GOOD.replace("language: ru", f"language: {language}") + f"plans: {{path: {path}}}\n"
    client = clients.read_file(written(folder, text), catalogue.read())
    targets = plans.targets(catalogue.read(), client)
    return [number for target in targets if target.network == "vk_ads" for number in (target.plan or {}).values()]


class Form:
    """One of the two: its header, a row of it around a number, and how it is read."""

    def __init__(self, folder: Path, read: Callable[[Path, bytes, str], list[Decimal]], header: str, row: str) -> None:
        self.header, self.row = header, row
        self._folder, self._read = folder, read

    def text(self, number: str = "300.50") -> str:
        return f"{self.header}\n{self.row.format(number)}\n"

    def read(self, text: str | bytes, language: str = "ru") -> list[Decimal]:
        return self._read(self._folder, text if isinstance(text, bytes) else text.encode(), language)

    def refused(self, text: str | bytes, language: str = "ru") -> str:
        with pytest.raises((BadInput, Mistakes)) as raised:
            self.read(text, language)
        told = str(raised.value).replace(f"{self._folder}/", "")
        assert "\\" not in told
        return told


@pytest.fixture(params=["figures", "plans"])
def form(request: pytest.FixtureRequest, tmp_path: Path) -> Form:
    if request.param == "figures":
        return Form(tmp_path, figures_of, "period,network,measure,value", "2024-03,vk_ads,spend,{}")
    return Form(tmp_path, plans_of, "month,network,kpi,plan", "2024-03,vk_ads,cost_per_click,{}")


def semicolons(text: str) -> str:
    return text.replace(",", ";").replace(".", ",")


READ = {
    "as it should be": lambda text: text,
    "semicolons and a decimal comma": semicolons,
    "the separator in a line of its own": lambda text: f"sep=;\n{semicolons(text)}",
    "that line in quotes and padded": lambda text: f'"sep=;";;;\r\n{semicolons(text)}',
    "a separator that the header alone would not tell": lambda text: "SEP=\t\n" + text.replace(",", "\t"),
    "blank lines and empty cells": lambda text: "\n,,,\n" + text.replace("\n", ",,\n\n"),
    "capitals": lambda text: text.replace("vk_ads", "VK_Ads").title(),
    "cells with what cannot be seen": lambda text: text.replace(",", "\u200e,\u200b").replace("\n", "\u202c \n"),
    "a header with what cannot be seen": lambda text: text.replace("network", " \u00adnet\u200bwork\u00a0", 1),
}


@pytest.mark.parametrize("made", READ.values(), ids=READ)
def test_habits_of_sheets(made: Callable[[str], str], form: Form) -> None:
    assert form.read(made(form.text())) == [Decimal("300.5")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_encodings(encoding: str, form: Form) -> None:
    assert form.read(semicolons(form.text("1\u00a0234.50")).encode(encoding)) == [Decimal("1234.5")]


SURPLUS = "found 5 cells under 4 columns, put quotes around a cell with commas"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ((",300.50", ",300,50"), SURPLUS),
        ((",300.50", ",1,2"), SURPLUS),
        ((",300.50", ",300.50,,7"), "found 6 cells under 4 columns, put quotes around a cell with commas"),
        ((",300.50", ',"300.50'), "found a quotation mark out of place"),
        ((",300.50", ',"300".50'), "found a quotation mark out of place"),
        ((",300.50", ",300\0"), "found a NUL, which is no text, write that cell anew"),
        ((",300.50", ",1\u00a0234\u00a0kr"), "found '1 234 kr', write a number such as 1234.50, without a currency"),
        ((",300.50", ',"1,234"'), "found '1,234', write 1234 or 1.2340, whichever it is"),
        (("2024-03", "мар.24"), "found 'мар.24', Excel has changed the month: if 2024-03 is meant, write that"),
    ],
)
def test_mistakes_are_the_same(change: tuple[str, str], told: str, form: Form) -> None:
    refusal = form.refused(form.text().replace(*change))
    assert told in refusal
    assert ("line 2: " if "figures" in refusal else "plans.csv:2: ") in refusal


def test_twenty_mistakes_are_told_and_the_others_counted(form: Form) -> None:
    lines = form.refused(form.header + "".join(f"\n{form.row.format('many')}" for _ in range(50))).splitlines()
    assert sum("found 'many'" in line for line in lines) == 20
    assert lines[-1].endswith("and 30 more")


@pytest.mark.parametrize("padding", [",", ",,"])
def test_half_a_number_is_not_lost_in_a_column_without_a_name(padding: str, form: Form) -> None:
    cut = f"{form.header}{padding}\n{form.row.format('300,50')}\n"
    assert "found '50' in a column without a name, put quotes around a cell with commas" in form.refused(cut)
    assert form.read(cut.replace(",50", ".50" + padding)) == [Decimal("300.5")]


@pytest.mark.parametrize("header", ["", "network,network"])
def test_a_column_stands_once(header: str, form: Form) -> None:
    assert "write the header " in form.refused(form.text().replace("network", header, 1))


@pytest.mark.parametrize("body", [b"PK\x03\x04" + bytes(100), b"\xd0\xcf\x11\xe0" + bytes(100)])
def test_a_workbook_is_no_csv(body: bytes, form: Form) -> None:
    assert "is an Excel workbook: save it as CSV UTF-8" in form.refused(body)


def test_a_plan_that_is_not_known_has_no_line(tmp_path: Path) -> None:
    told = "plans.csv:2: found '-': write a plan, or remove the line"
    with pytest.raises(Mistakes, match=told):
        plans_of(tmp_path, b"month,network,kpi,plan\n2024-03,vk_ads,cost_per_click,-\n", "ru")


HEADERS = {
    "ru": "период;сеть;показатель;значение;примечание",
    "ru months": "Месяц;Сеть;Показатель;Значение;Комментарий",
    "sv": "period;nätverk;mått;värde;anteckning",
    "sv months": "Månad;Nätverk;Mått;Värde;Kommentar",
    "as a Mac writes it": "ma\u030anad;na\u0308tverk;ma\u030att;va\u0308rde;kommentar",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_headers_of_figures_in_other_languages(header: str, tmp_path: Path) -> None:
    assert figures_of(tmp_path, f"{header}\n2024-03;vk_ads;spend;45000,50;x".encode(), "sv") == [Decimal("45000.5")]


@pytest.mark.parametrize(
    "header", ["месяц;сеть;показатель;план", "Månad;Nätverk;Nyckeltal;Plan", "месяц;сеть;KPI;план"]
)
def test_headers_of_plans_in_other_languages(header: str, tmp_path: Path) -> None:
    body = f"{header}\n2024-03;vk_ads;cost_per_click;12,50".encode()
    assert plans_of(tmp_path, body, "sv") == [Decimal("12.5")]


# --- code pages


def noted(folder: Path, body: bytes, language: str) -> tuple[str, str]:
    """The note of the only figure, and the encoding."""
    path = folder / "figures.csv"
    path.write_bytes(body)
    job = work(str(path))
    loaded = load(SOURCE, type(job)(**vars(job) | {"language": language}))
    return listed(loaded)[0][5], loaded.health["encoding"]


def table(note: str, encoding: str) -> bytes:
    return f"period;network;measure;value;note\n2024-03;vk_ads;spend;45 000,50;{note}\n".encode(encoding)


@pytest.mark.parametrize(
    ("note", "language", "encoding"),
    [
        ("möte på Åsögatan", "sv", "cp1252"),
        ("Rückgabe für Köln – 5 €", "de", "cp1252"),
        ("it’s créée", "en", "cp1252"),
        ("реклама по SMMщику – №5", "ru", "cp1251"),
        ("РЕКЛАМА", "", "cp1251"),
        ("möte på Åsögatan", "", "cp1252"),
    ],
)
def test_excels_code_page_is_the_languages(note: str, language: str, encoding: str, tmp_path: Path) -> None:
    assert noted(tmp_path, table(note, encoding), language) == (note, encoding)
    assert noted(tmp_path, table(note, "utf-8"), language) == (note, "utf-8-sig")


@pytest.mark.parametrize(
    ("note", "language", "encoding", "told"),
    [
        ("möte på Åsögatan", "ru", "cp1252", "is no text in UTF-8 or Windows-1251: save it as CSV UTF-8"),
        ("реклама", "sv", "cp1251", "is no text in UTF-8 or Windows-1252: save it as CSV UTF-8"),
        ("\u0403\u040f", "sv", "cp1251", "is no text in UTF-8 or Windows-1252: save it as CSV UTF-8"),
        ("zażółć gęślą jaźń", "pl", "cp1250", "is no text in UTF-8: save it as CSV UTF-8"),
    ],
)
def test_bytes_that_do_not_decide_are_refused(
    note: str, language: str, encoding: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=told):
        noted(tmp_path, table(note, encoding), language)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "2024-03,vk_ads,spend,45000,50",
            "line 2: found 45000 and the note 50: if it is one number, put quotes around",
        ),
        ("2024-03,vk_ads,spend,45,000", "line 2: found 45 and the note 000: if it is one number, put quotes around"),
        *(
            (f"2024-03,vk_ads,spend,{cut}", f"line 2: found {cut.partition(',')[0]} and the note ")
            for cut in ("45 000,50", "45\u00a0000,50", "1.234.567,50", "1,234.50", "300,50 kr", "300,50 ₽", "300,5%")
        ),
        ("2024-03,vk_ads,spend,45000.50,50", None),
        ("2024-03,vk_ads,spend,45000,12.03", None),
        ("2024-03,vk_ads,spend,45000,2 posts", None),
        ("2024-03,vk_ads,spend,45000,contract 12", None),
        ("2024-03,vk_ads,spend,45000,", None),
    ],
)
def test_a_decimal_comma_does_not_end_in_the_note(row: str, told: str | None, tmp_path: Path) -> None:
    body = f"period,network,measure,value,note\n{row}\n".encode()
    if told is None:
        assert figures_of(tmp_path, body, "ru")
        return
    with pytest.raises(BadInput, match=told):
        figures_of(tmp_path, body, "ru")


def test_a_row_is_not_lost_in_a_note(tmp_path: Path) -> None:
    """A quotation mark in one row, and one in a later row, make one note of all that is between them."""
    rows = '2024-03,vk_ads,spend,1000,"Sale\n2024-04,vk_ads,spend,2000,Sale"\n'
    with pytest.raises(BadInput, match="line 3: found a row within a cell, close the quotation mark or take it out"):
        figures_of(tmp_path, f"period,network,measure,value,note\n{rows}".encode(), "ru")
    in_two_lines = '2024-03,vk_ads,spend,1000,"Sale, of\nshirts, caps, shoes, 20 pieces, and more"\n'
    assert figures_of(tmp_path, f"period,network,measure,value,note\n{in_two_lines}".encode(), "ru") == [1000]
