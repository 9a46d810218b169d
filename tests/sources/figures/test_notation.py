"""Cells of a file of figures: periods and numbers as people write them, refused with a way out where unclear."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.sources.figures.sheets import MARCH, listed, refused, rows, sheet, taken


@pytest.mark.parametrize("written", ["2024-03", "03.2024", "март 2024", "Март 2024 г.", "March 2024", "mars 2024"])
def test_months(written: str, file: Path) -> None:
    assert [row[2:4] for row in listed(taken(file, sheet(period=written)))] == [("month", MARCH)]


@pytest.mark.parametrize("written", ["-", "–", "н/д", "Н/Д", "n/a"])
def test_what_is_said_to_be_unknown_is_not_zero(written: str, file: Path) -> None:
    loaded = taken(file, rows(f"2024-03-10,vk,spend,{written}", "2024-03,vk,spend,7"))
    assert [row[2:5] for row in listed(loaded)] == [("month", MARCH, Decimal(7))]
    assert loaded.health["rows.figures"] == 1


def test_nothing_but_unknowns_is_a_file_too(file: Path) -> None:
    assert taken(file, rows("2024-03-10,vk,spend,-")).rows == {"counts": []}


@pytest.mark.parametrize("written", ["2024-03", "01.03.2024", "2024-03-01"])
def test_a_month_that_excel_turned_into_its_first_day(written: str, file: Path) -> None:
    text = sheet(period=written).replace("period", "month")
    assert [row[2:4] for row in listed(taken(file, text))] == [("month", MARCH)]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1.234,50", "1234.50"),
        ('"1,234.50"', "1234.50"),
        ("1'234.50", "1234.50"),
        ("1.234.567", "1234567"),
        ("1\u00a0234\u00a0567,891", "1234567.891"),
        ("−1234,5", "-1234.5"),
        ("1234.567", "1234.567"),
        ("0,125", "0.125"),
        ("123.4567", "123.4567"),
    ],
)
def test_numbers_that_can_be_read_one_way_only(written: str, number: str, file: Path) -> None:
    loaded = taken(file, sheet(";", value=written, measure="revenue"))
    assert [row[4] for row in listed(loaded)] == [Decimal(number)]


ALONE = "write a number such as 1234.50, without a currency or unit"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (sheet(value='"1,234"'), "value: found '1,234', write 1234 or 1.2340, whichever it is"),
        (sheet(value="12.345"), "value: found '12.345', write 12345 or 12.3450, whichever it is"),
        (sheet(value="1234,50"), "found 6 cells under 5 columns, put quotes around a cell with commas"),
        (sheet(value=""), "value: found '', write a number such as 1234.50"),
        (sheet(value="12 34"), "value: found '12 34', write a number such as 1234.50"),
        (sheet(value="1 234 ₽"), f"value: found '1 234 ₽', {ALONE}"),
        (sheet(";", value="45\u00a0000,00\u00a0kr"), f"value: found '45 000,00 kr', {ALONE}"),
        (sheet(";", value="$1,234.50"), f"value: found '$1,234.50', {ALONE}"),
        (sheet(value="45 тыс."), f"value: found '45 тыс.', {ALONE}"),
        (sheet(value="'1234"), """value: found "'1234", write a number such as 1234.50, without the apostrophe"""),
        (sheet(value="5 %"), "value: found '5 %', a share, which this is not: write a number such as 1234.50"),
        (sheet(value="(1234)"), "value: found '(1234)', write what is below zero as -1234.50"),
        (sheet(value="1234-"), "value: found '1234-', write what is below zero as -1234.50"),
        (sheet(value="1.234.5"), "value: found '1.234.5', write a number such as 1234.50"),
        (sheet(value="3.апр"), "value: found '3.апр', which Excel has changed into a date: the number is lost"),
        (sheet(value="1 " * 60000), "value: found '1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1...', write a number such as"),
        (sheet(value="x" * 50), f"value: found '{'x' * 37}...', write a number such as 1234.50"),
        (sheet(value="nan"), "value: found 'nan', write a number such as 1234.50"),
        (sheet(value="-5", measure="calls"), "value: found -5, write 0 or more"),
        (sheet(value="-5", measure="spend"), "value: found -5, write 0 or more"),
        (sheet(value="3.5", measure="clicks"), "value: found 3.5, write a whole number"),
        (sheet(period="2024-02-30"), "period: found '2024-02-30', write a day such as 2026-01-31 or a month such as"),
        (sheet(period="03/10/2024"), "period: found '03/10/2024', write a day such as 2026-01-31 or a month such as"),
        (sheet(period="2024-03").replace("period", "day"), "day: found the month '2024-03' in a column of days"),
        (sheet().replace("period", "month"), "month: found the day '2024-03-10' in a column of months, write 2024-03"),
        (sheet(measure="spent"), "measure: found 'spent', write spend"),
        (sheet(measure="leads"), "measure: found 'leads', which is counted from others; write those"),
        (sheet().replace("vk,", "vkontakt,"), "network: found 'vkontakt', write a network of include/networks.yml"),
        (sheet().replace("vk,", "figures,"), "network: found 'figures', write a network of include/networks.yml"),
        (sheet(value='"1234'), "found a quotation mark out of place"),
        (sheet(value="=1+1"), "value: found '=1+1', a formula: write its result, as pasting as values does"),
        (sheet(value="@A1"), "value: found '@A1', a formula: write its result"),
        (sheet(value="7.9E+10"), "value: found '7.9E+10', which a sheet has shortened: give the column the format of"),
        (sheet(";", value="7,9E+10"), "value: found '7,9E+10', which a sheet has shortened"),
        (sheet(value="#REF!"), "value: found '#REF!', an error of the sheet: fix it there"),
        (sheet(value=""), "value: found '', write a number such as 1234.50, or - where it is not known"),
        (sheet(value="9" * 16), "value: found '9999999999999999', which is more than anything counted here"),
        (sheet(period="45361"), "period: found '45361', Excel's number for 2024-03-10: give the column the format of"),
        (sheet(period="=A1"), "period: found '=A1', a formula: write a day such as"),
        (
            sheet(period="мар.24"),
            "period: found 'мар.24', Excel has changed the month: if 2024-03 is meant, write that",
        ),
        (
            sheet(period="Mar-24"),
            "period: found 'Mar-24', Excel has changed the month: if 2024-03 is meant, write that",
        ),
        (
            sheet(period="mar.24"),
            "period: found 'mar.24', Excel has changed the month: if 2024-03 is meant, write that",
        ),
        (
            sheet(period="maj-24"),
            "period: found 'maj-24', Excel has changed the month: if 2024-05 is meant, write that",
        ),
        (
            sheet(period="Mrz 24"),
            "period: found 'Mrz 24', Excel has changed the month: if 2024-03 is meant, write that",
        ),
        (sheet(period="10.мар"), "period: found '10.мар', Excel has changed the day: write a day such as 2026-01-31"),
        (sheet(period="10.03.24"), "period: found '10.03.24', write a day such as"),
        (sheet(period="2024-03-10 09:30"), "period: found '2024-03-10 09:30', write a day such as"),
        (sheet(period="1900-01-01"), "period: found 1900-01-01, write a day from 2000 on"),
        (
            sheet(period="2999-03-10"),
            "period: found 2999-03-10, which is in the future; there, only budget, fee",
        ),
    ],
)
def test_what_a_row_may_not_say(text: str, told: str, file: Path) -> None:
    (line,) = refused(file, text)
    assert line.startswith(f"line 2: {told}")
