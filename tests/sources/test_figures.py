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


def sheet(delimiter: str = ",", period: str = "2024-03-10", value: str = "1234.50", measure: str = "spend") -> str:
    lines = ["period", "network", "measure", "value", "note"], [period, "vk", measure, value, "реклама"]
    return "\n".join(map(delimiter.join, lines))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(sheet(), "utf-8", id="a plain file"),
        pytest.param(sheet(";", value="1 234,50"), "utf-8-sig", id="Excel's UTF-8"),
        pytest.param(sheet(";", "10.03.2024", "1234,50"), "cp1251", id="Excel in Russian"),
        pytest.param(sheet("\t", value="1 234,5"), "utf-8", id="pasted from a sheet"),
        pytest.param(sheet(";", "10.3.2024", "1\u00a0234,50"), "utf-8", id="a no-break space"),
        pytest.param(sheet(";", value="1\u202f234,50"), "utf-8", id="a narrow no-break space"),
        pytest.param(sheet(value='"1 234,50"'), "utf-8", id="quotes"),
        pytest.param(sheet(" ; ", value="+1234.500"), "utf-8", id="spaces and a sign"),
        pytest.param(sheet().replace("\n", "\n,,,,\n\n"), "utf-8", id="blank lines"),
        pytest.param(sheet().replace("\n", "\r\n") + "\r\n", "utf-8", id="lines of Windows"),
        pytest.param(sheet().replace("\n", "\r"), "utf-8", id="lines of an old Mac"),
        pytest.param(sheet().replace("vk,spend", "VK,Spend").replace("period", "Period"), "utf-8", id="capitals"),
        pytest.param(sheet().replace("period", "day"), "utf-8", id="a column of days"),
        pytest.param(
            "note,value,measure,network,period,\nреклама,1234.5,spend,vk,2024-03-10,", "utf-8", id="any order"
        ),
    ],
)
def test_habits(text: str, encoding: str, file: Path) -> None:
    expected = ("vk", "spend", "day", date(2024, 3, 10), Decimal("1234.5"), "реклама")
    assert taken(file, text, encoding).rows["figures"] == [expected]


@pytest.mark.parametrize("written", ["2024-03", "01.03.2024", "2024-03-01"])
def test_a_month_that_excel_turned_into_its_first_day(written: str, file: Path) -> None:
    text = sheet(period=written).replace("period", "month")
    assert [row[2:4] for row in taken(file, text).rows["figures"]] == [("month", MARCH)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (sheet(value='"1,234"'), "value: found '1,234', write 1234 or 1.2340, whichever it is"),
        (sheet(value="12.345"), "value: found '12.345', write 12345 or 12.3450, whichever it is"),
        (sheet(value="1234,50"), "found 6 cells under 5 columns, put quotes around commas"),
        (sheet(value=""), "value: found '', write a number such as 1234.50"),
        (sheet(value="12 34"), "value: found '12 34', write a number such as 1234.50"),
        (sheet(value="1 234 ₽"), "value: found '1 234 ₽', write a number such as 1234.50"),
        (sheet(value="nan"), "value: found 'nan', write a number such as 1234.50"),
        (sheet(value="-5", measure="calls"), "value: found -5, write a count of 0 or more"),
        (sheet(period="2024-02-30"), "period: found '2024-02-30', write a day such as 2026-01-31 or a month such as"),
        (sheet(period="03/10/2024"), "period: found '03/10/2024', write a day such as 2026-01-31 or a month such as"),
        (sheet(period="2024-03").replace("period", "day"), "day: found the month '2024-03' in a column of days"),
        (sheet().replace("period", "month"), "month: found the day '2024-03-10' in a column of months, write 2024-03"),
        (sheet(measure="spent"), "measure: found 'spent', write spend"),
        (sheet(measure="leads"), "measure: found 'leads', which is counted from others; write those"),
        (sheet().replace("vk,", "vkontakt,"), "network: found 'vkontakt', write a network of include/networks.yml"),
        (sheet().replace("vk,", "figures,"), "network: found 'figures', write a network of include/networks.yml"),
        (sheet(value='"1234'), "found a quotation mark out of place"),
    ],
)
def test_what_a_row_may_not_say(text: str, told: str, file: Path) -> None:
    (line,) = refused(file, text)
    assert line.startswith(f"line 2: {told}")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("", "found no column network; found no column measure; found no column value; found no column of periods"),
        ("period,network,measure", "found no column value; write the header period,network,measure,value,note"),
        ("day,month,network,measure,value", "found day and month, write one of period, day, month"),
        ("period,network,measure,value,sum", "found the column 'sum', which means nothing here"),
        ("period,network,measure,value,value", "found 'value' twice"),
        ("<!DOCTYPE html>", "found the column '<!doctype html>', which means nothing here"),
    ],
)
def test_what_a_header_may_not_say(header: str, told: str, file: Path) -> None:
    (line,) = refused(file, header)
    assert line.startswith("line 1: ")
    assert told in line


def rows(*lines: str) -> str:
    return "\n".join(["period,network,measure,value", *lines])


def test_a_figure_stands_once(file: Path) -> None:
    text = rows("2024-03-10,vk,spend,1", "2024-03,vk,fee,1", "10.03.2024,vk,spend,1", "2024-03-10,vk,clicks,1")
    assert refused(file, text) == ["line 4: found the period of line 2 again, write each figure once"]


def test_a_month_beside_its_days_is_one_saying_too_many(file: Path) -> None:
    text = rows("2024-03-10,vk,spend,1", "2024-04,vk,spend,1", "2024-03,vk_ads,spend,1", "2024-03,vk,spend,1")
    told = "found a month of vk spend and in line 2 a day of it, write the month or its days"
    assert refused(file, text) == [f"line 5: {told}"]


def test_people_are_counted_for_days_and_for_months(file: Path) -> None:
    loaded = taken(file, rows("2024-03-10,instagram,reach,7", "2024-03,instagram,reach,90"))
    assert [row[2] for row in loaded.rows["figures"]] == ["day", "month"]


def test_the_whole_file_or_nothing(file: Path) -> None:
    text = rows("2024-03-10,vk,spend,1", "x,y,z,1", *(f"2024-03-11,vk,spend,{letter}" for letter in "ab" * 12))
    lines = refused(file, text)
    assert lines[0].count("; ") == 2  # all that is wrong in the line
    assert len(lines) == 20 + 1
    assert lines[-1] == "and 5 more"


def test_a_file_of_neither_encoding(file: Path) -> None:
    file.write_bytes(b"\x98\xff\xfe")
    with pytest.raises(BadInput, match="save it as CSV UTF-8"):
        load(figures, work(str(file)))


# --- where it lies


def test_a_relative_path_begins_at_the_root(file: Path) -> None:
    assert taken(file, sheet()).rows["figures"]
    relative = os.path.relpath(file, ROOT)
    assert load(figures, work(relative)).rows["figures"]


def test_an_object_store(file: Path) -> None:
    file.write_text(sheet(), "utf-8")
    loaded = load(figures, work(file.as_uri()))
    assert loaded.rows["figures"]
    assert loaded.answers[0].request == {"path": file.as_uri()}


@pytest.mark.parametrize(
    ("path", "kind", "told"),
    [
        ("include/figures/nowhere.csv", BadInput, "is no file: check the path"),
        ("include", BadInput, "is no file: check the path"),
        ("file:///nowhere/x.csv", BadInput, "is no file: check the path"),
        ("weird://bucket/x.csv", BadInput, "is of a storage that is not installed here"),
        ("http://figures.example/x.csv?key=SECRET", BadInput, "is not encrypted: write https://"),
    ],
)
def test_paths_that_lead_nowhere(path: str, kind: type[SourceError], told: str) -> None:
    with pytest.raises(kind, match=told) as raised:
        load(figures, work(path))
    assert "SECRET" not in repr(raised.value)


@pytest.fixture
def shop() -> Iterator[Server]:
    def respond(request: Request) -> HttpAnswer:
        status = int(request.path.removeprefix("/").removesuffix(".csv"))
        return HttpAnswer(status, "text/csv", sheet().encode())

    with Server(0, respond) as server:
        yield server


def test_the_web(shop: Server) -> None:
    loaded = load(figures, work(f"{shop.url}/200.csv?key=SECRET"))
    assert len(loaded.rows["figures"]) == 1
    assert loaded.answers[0].request == {"path": f"{shop.url}/200.csv"}


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (403, Refused, "share the file"),
        (404, BadInput, "check the path in the client's file"),
        (429, QuotaSpent, "the next run"),
        (503, Transient, "try again in a minute"),
    ],
)
def test_answers_of_the_web(status: int, kind: type[SourceError], told: str, shop: Server) -> None:
    with pytest.raises(SourceError, match=told) as raised:
        load(figures, work(f"{shop.url.replace('//', '//me:SECRET@')}/{status}.csv?key=SECRET"))
    assert type(raised.value) is kind
    assert f"HTTP status {status}" in str(raised.value)
    assert "SECRET" not in repr(raised.value)
