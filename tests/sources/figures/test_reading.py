"""Figures: the habits of people's files, and what a file as a whole may not say."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from smm.sources import BadInput, Known
from smm.sources.figures import SOURCE
from tests.sources.figures.sheets import MARCH, listed, refused, rows, sheet, taken, work
from tests.sources.loading import load

FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)


def test_rows(file: Path) -> None:
    text = """period,network,measure,value,note
2024-03-10,vk_ads,spend,1234.50,VK ads
2024-03,vk,posts_planned,30,
2024-03,vk_spb,budget,70000,for two months
"""
    loaded = taken(file, text)
    assert listed(loaded) == [
        ("vk_ads", "spend", "day", date(2024, 3, 10), Decimal("1234.50"), "VK ads"),
        ("vk", "posts_planned", "month", MARCH, Decimal(30), None),
        ("vk_spb", "budget", "month", MARCH, Decimal(70000), "for two months"),
    ]
    assert loaded.known == [Known("figures", FIRST, LAST)]
    assert loaded.answers[0].body == text.encode()
    assert loaded.health == {"encoding": "utf-8-sig", "rows.figures": 3}


def test_the_load_knows_who_gave_the_figures(file: Path) -> None:
    file.write_text(sheet(), "utf-8")
    asked = work(str(file))
    loaded = load(SOURCE, replace(asked, options=asked.options | {"given_by": "client"}))
    assert loaded.health["given_by"] == "client"


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
        pytest.param(sheet("\t", value="1234,50"), "utf-16", id="Excel's Unicode text"),
        pytest.param(sheet(";", "10.03.2024 0:00", "1234,50"), "cp1251", id="a day with its midnight"),
        pytest.param(sheet(";", "2024-03-10 00:00:00", "1234,50"), "utf-8", id="a moment of a database"),
        pytest.param(sheet().replace("vk,spend", "VK,Spend").replace("period", "Period"), "utf-8", id="capitals"),
        pytest.param(sheet().replace("period", "day"), "utf-8", id="a column of days"),
        pytest.param(
            "note,value,measure,network,period,\nреклама,1234.5,spend,vk,2024-03-10,", "utf-8", id="any order"
        ),
    ],
)
def test_habits(text: str, encoding: str, file: Path) -> None:
    expected = ("vk", "spend", "day", date(2024, 3, 10), Decimal("1234.5"), "реклама")
    assert listed(taken(file, text, encoding)) == [expected]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("", "found no column network; found no column measure; found no column value; found no column of periods"),
        ("period,network,measure", "found no column value; write the header period,network,measure,value,note"),
        ("day,month,network,measure,value", "found day and month, write one of period, day, month"),
        ("period,network,measure,value,sum", "found the column 'sum', which means nothing here"),
        ("period,network,measure,value,value", "found 'value' twice"),
        ("period,network,measure,value,KEY=abc", "found a column, which means nothing here; write the header"),
    ],
)
def test_what_a_header_may_not_say(header: str, told: str, file: Path) -> None:
    (line,) = refused(file, header)
    assert line.startswith("line 1: ")
    assert told in line


def test_a_figure_stands_once(file: Path) -> None:
    text = rows("2024-03-10,vk,spend,1", "2024-03,vk,fee,1", "10.03.2024,vk,spend,1", "2024-03-10,vk,clicks,1")
    assert refused(file, text) == ["line 4: found the same period as in line 2, write each figure once"]


def test_a_month_beside_its_days_is_one_saying_too_many(file: Path) -> None:
    text = rows("2024-03-10,vk,spend,1", "2024-04,vk,spend,1", "2024-03,vk_ads,spend,1", "2024-03,vk,spend,1")
    told = "found a month of vk spend and in line 2 a day of it, write the month or its days"
    assert refused(file, text) == [f"line 5: {told}"]


def test_all_is_the_sum_where_a_network_has_its_own(file: Path) -> None:
    text = rows("2024-03,all,spend,9", "2024-04,all,spend,9", "2024-05,vk_ads,spend,1", "2024-05,vk,spend,1")
    told = "found spend of all, and in line 4 of vk_ads: all is then the sum of the networks"
    assert refused(file, text) == [f"line 2: {told}, write each network's number, or only all"]


def test_all_may_have_what_no_sum_of_networks_is(file: Path) -> None:
    """Fees of nobody in particular, ads beside the social networks, people whom nobody adds up, a number not known."""
    alone = ["2024-03,all,fee,5", "2024-03,all,spend,2", "2024-03,ads,spend,3", "2024-03,vk,spend,-"]
    loaded = taken(file, rows(*alone, "2024-03,all,reach,7", "2024-03,vk,reach,6"))
    assert len(listed(loaded)) == 5


def test_people_are_counted_for_days_and_for_months(file: Path) -> None:
    loaded = taken(file, rows("2024-03-10,instagram,reach,7", "2024-03,instagram,reach,90"))
    assert [row[2] for row in listed(loaded)] == ["day", "month"]


def test_the_whole_file_or_nothing(file: Path) -> None:
    text = rows("2024-03-10,vk,spend,1", "x,y,z,1", *(f"2024-03-11,vk,spend,{letter}" for letter in "ab" * 12))
    lines = refused(file, text)
    assert lines[0].count("; ") == 2  # all that is wrong in the line
    assert len(lines) == 20 + 1
    assert lines[-1] == "and 5 more"


def test_what_is_planned_is_known_ahead(file: Path) -> None:
    loaded = taken(file, rows("2999-03,vk_ads,budget,1", "2999-03,all,fee,1", "2999-03,vk,posts_planned,1"))
    assert len(listed(loaded)) == 3


def test_a_figure_and_that_it_is_unknown_are_two_sayings(file: Path) -> None:
    text = rows("2024-03-10,vk,spend,-", "2024-03-10,vk,spend,5")
    assert refused(file, text) == ["line 3: found the same period as in line 2, write each figure once"]


def test_the_line_of_a_mistake_is_the_files(file: Path) -> None:
    text = rows("", "2024-03-10,vk,spend,x", "").replace("\n", "\r\n")
    assert refused(file, text) == ["line 3: value: found 'x', write a number such as 1234.50"]


def test_a_workbook_is_no_csv(file: Path) -> None:
    file.write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(BadInput, match="is an Excel workbook: save it as CSV UTF-8"):
        load(SOURCE, work(str(file)))


def test_a_file_of_neither_encoding(file: Path) -> None:
    file.write_bytes(b"\x98\xff\xfe")
    with pytest.raises(BadInput, match="save it as CSV UTF-8"):
        load(SOURCE, work(str(file)))


def test_a_nul_is_told_with_its_line(file: Path) -> None:
    text = "period,network,measure,value,note\n2024-03,vk,budget,1,fine\n2024-02,vk,budget,1,bad\0note\n"
    assert refused(file, text) == ["line 3: found a NUL, which is no text, write that cell anew"]


SECRETS = {
    "a file of users": "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/bin/false\n",
    "a key": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n",
    "a password": "hunter2",
    "settings": "PASSWORD=hunter2;HOST=db\n",
    "a web page": "<!DOCTYPE html><title>hunter2</title>",
}


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS)
def test_nothing_of_some_other_file_is_shown(text: str, file: Path) -> None:
    (line,) = refused(file, text)
    assert line == (
        "line 1: found no column network; found no column measure; found no column value; found no column of periods;"
        " write the header period,network,measure,value,note"
    )


# --- days that may be months

ASKED = (
    "such as 2024-02-01: if months are meant, write 2024-02 or call the column month; if days are meant, call it day"
)


@pytest.mark.parametrize(
    ("lines", "asked"),
    [
        (["2024-02-01,vk_ads,spend,42000", "01.03.2024,vk_ads,spend,45000"], ["vk_ads spend"]),
        (["01.02.2024,vk_ads,spend,42000"], ["vk_ads spend"]),
        (["01.02.2024 0:00,vk,reach,42000"], ["vk reach"]),
        (["01.02.2024,vk,fee,1", "2024-02-01,vk,calls,1", "2024-03-01,vk,calls,1"], ["vk fee", "vk calls"]),
        (["01.02.2024,vk,fee,1", "01.03.2024,vk,fee,1", "2024-02-05,vk,calls,1"], ["vk fee"]),
        (["01.02.2024,vk,fee,1", "01.03.2024,vk,fee,1", "2024-02,vk,budget,1"], ["vk fee"]),
        (["01.02.2024,vk,fee,1", "02.02.2024,vk,fee,1"], []),
        (["2024-02-01,vk,calls,1", "2024-02,vk,budget,1"], []),
        (["2024-02-01,vk,calls,1", "2024-02-05,vk_ads,spend,1"], []),
        (["01.02.2024,instagram,followers,90", "01.03.2024,instagram,followers,95"], []),  # levels on those days
    ],
)
def test_first_days_of_months_may_be_months(lines: list[str], asked: list[str], file: Path) -> None:
    if not asked:
        assert len(listed(taken(file, rows(*lines)))) == len(lines)
        return
    told = refused(file, rows(*lines))
    assert [line.partition(": ")[2] for line in told] == [
        f"found only first days of months for {series}, {ASKED}" for series in asked
    ]


@pytest.mark.parametrize(("header", "grain"), [("day", "day"), ("month", "month")])
def test_a_column_says_which_of_them_is_meant(header: str, grain: str, file: Path) -> None:
    text = rows("01.02.2024,vk_ads,spend,42000", "01.03.2024,vk_ads,spend,45000").replace("period", header)
    assert [row[2] for row in listed(taken(file, text))] == [grain, grain]
