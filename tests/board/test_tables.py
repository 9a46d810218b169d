"""The tables for other tools: the warehouse's rows with all their digits, in pages, as CSV and as workbooks."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from smm import catalogue
from smm.board.parameters import cursor
from smm.project import ROOT
from smm.roster import catalogued
from smm.warehouse import Connection, statement
from tests.daily import put_days

if TYPE_CHECKING:
    from starlette.testclient import TestClient

Visit = Callable[[str | None], "TestClient"]

HOSTILE = '=HYPERLINK("http://evil.example","look")'
NAMES = ["verdicts", "kpis", "measures", "loads", "coverage", "letters", "catalogue"]


@pytest.fixture
def filled(warehouse: Connection) -> Connection:
    """Two clients; of yarko something in each table."""
    for client, currency in (("nordlys", "NOK"), ("yarko", "RUB")):
        warehouse.execute(
            "insert into core.client (client, name, language, time_zone, currency, started, report)"
            " values (%s, %s, 'ru', 'Europe/Moscow', %s, '2026-01-01', %s)",
            [client, client.title(), currency, '{"to": ["owner@yarko.example"]}'],
        )
        warehouse.execute(
            "insert into marts.verdict (client, month, network, kpi, target_version, verdict, target, low, value, rule,"
            " is_main, due_from, is_final, evaluated_at) values (%s, '2026-03-01', 'vk_ads', 'cost_per_lead', 1, 'met',"
            " 300, 300, 299.98765432109876543210, 'at_least', true, '2026-01-01', true, '2026-04-14 09:00+03')",
            [client],
        )
    catalogued.store(warehouse, catalogue.read())
    for period, value, reason in (
        ("2026-01-01", Decimal("0.01234567890123456789"), None),
        ("2026-02-01", None, "source_missing"),
        ("2026-03-01", Decimal("-1"), None),
    ):
        warehouse.execute(
            "insert into marts.kpi_months (client, network, kpi, period, value, numerator, denominator, completeness,"
            " reason) values ('yarko', 'vk', 'er_post', %s, %s, 5, 405, 1, %s)",
            [period, value, reason],
        )
        warehouse.execute(
            "insert into marts.measure_periods (client, network, measure, grain, period, value, completeness, reason)"
            " values ('yarko', 'vk_ads', 'spend', 'month', %s, %s, 1, %s)",
            [period, value, reason],
        )
    warehouse.execute(
        "insert into core.load (client, load_id, run_id, source, network, state, reason, started_at)"
        " values ('yarko', 'load', 'ingest_vk/a', 'vk', 'vk', 'failed', %s, '2026-03-31 23:30+00')",
        [HOSTILE],
    )
    warehouse.execute(
        "insert into core.coverage (client, network, source, report, day, load_id, state, without) values"
        " ('yarko', 'vk', 'vk', 'stats', '2026-03-31', 'load', 'known', '{reach,likes}')"
    )
    warehouse.execute(
        "insert into marts.letter (client, letter_id, month, kind, revision, state, subject, message_id, content,"
        " created_at) values ('yarko', '2026-03-missed-1', '2026-03-01', 'missed', 1, 'sent', '-5 подписчиков', 'id',"
        " '{}', '2026-04-04 06:00+00')"
    )
    for recipient, state, is_draft in (
        ("a@x.example", "sent", False),
        ("b@x.example", "refused", False),
        ("manager@x.example", "sent", True),
    ):
        warehouse.execute(
            "insert into marts.delivery (client, letter_id, recipient, language, state, is_draft)"
            " values ('yarko', '2026-03-missed-1', %s, 'ru', %s, %s)",
            [recipient, state, is_draft],
        )
    warehouse.commit()
    return warehouse


def read(visitor: Visit, address: str) -> dict[str, Any]:
    answer = visitor("viewer").get(f"/board/tables/{address}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return json.loads(answer.text, parse_float=Decimal)


def of_yarko(name: str) -> str:
    return "" if name == "catalogue" else "client=yarko"


# --- what the columns are


@pytest.mark.parametrize("name", NAMES)
def test_the_sql_gives_the_columns_that_are_promised(filled: Connection, visitor: Visit, name: str) -> None:
    from smm.board.tables import TABLES

    table = next(table for table in TABLES if table.name == name)
    (row, *_) = read(visitor, f"{name}.json?{of_yarko(name)}")["rows"]
    assert list(row) == list(table.row.model_fields)
    table.row.model_validate(row)
    assert statement(table.file).startswith("-- One row per ")


@pytest.mark.parametrize("name", NAMES)
def test_the_three_forms_have_the_same_rows(filled: Connection, visitor: Visit, name: str) -> None:
    asked = visitor("viewer")
    rows = read(visitor, f"{name}.json?{of_yarko(name)}")["rows"]
    text = asked.get(f"/board/tables/{name}.csv?{of_yarko(name)}").content.decode("utf-8-sig")
    book = openpyxl.load_workbook(BytesIO(asked.get(f"/board/tables/{name}.xlsx?{of_yarko(name)}").content))
    sheet = list(book.active.iter_rows(values_only=True))
    lines = list(csv.reader(StringIO(text, newline="")))
    assert lines[0] == [name for name in sheet[0] if not name.endswith("_name")] == list(rows[0])
    assert len(lines) == len(sheet) == len(rows) + 1
    first = dict(zip(lines[0], lines[1], strict=True))
    assert first.keys() == rows[0].keys()
    assert {column for column, cell in first.items() if cell == ""} == {
        column for column, cell in rows[0].items() if cell in (None, "")
    }


@pytest.mark.parametrize("name", ["measures", "kpis"])
def test_days_are_told_from_the_first_to_the_last_that_are_asked_for(
    filled: Connection, visitor: Visit, name: str
) -> None:
    posts = {date(2026, 1, 30): 1, date(2026, 1, 31): None, date(2026, 2, 1): 3, date(2026, 2, 2): 4}
    put_days(filled, "yarko", "vk.posts", posts, is_flagged=True)
    put_days(filled, "nordlys", "vk.posts", posts)
    filled.commit()

    def days(asked: str = "") -> list[tuple[Any, ...]]:
        rows = read(visitor, f"{name}.json?client=yarko&grain=day&{name[:-1]}=posts{asked}")["rows"]
        columns = ("period", "value", "reason", "completeness", "is_flagged")
        return [tuple(row[column] for column in columns) for row in rows]

    some = [("2026-01-31", None, "source_missing", 0, True), ("2026-02-01", 3, None, 1, True)]
    assert days("&from=2026-01-31&to=2026-02-01") == some
    everything = [("2026-01-30", 1, None, 1, True), *some, ("2026-02-02", 4, None, 1, True)]
    assert days() == everything
    for limit in (1, 2, 3):  # pages end within a month, and at its end
        paged, after = [], ""
        while after is not None:
            place = f"{name}.json?client=yarko&grain=day&{name[:-1]}=posts&limit={limit}&after={after}"
            page = read(visitor, place)
            paged += [(row["period"], row["value"]) for row in page["rows"]]
            after = page["next"]
        assert paged == [(period, value) for period, value, *_ in everything]
    midnight = cursor(["yarko", "day", "2026-02-01T00:00:00", "vk", "posts"])
    assert days(f"&after={midnight}") == everything[-1:]


def test_the_docs_say_every_column() -> None:
    from smm.board import columns

    assert (ROOT / "docs" / "bi.md").read_text("utf-8") == columns.page(), (
        "bring it up to date: python -m smm tables > docs/bi.md"
    )


def test_every_column_has_a_meaning() -> None:
    from smm.board.tables import TABLES

    assert [table.name for table in TABLES] == NAMES
    for table in TABLES:
        assert all(field.description for field in table.row.model_fields.values())
        assert set(table.row.key) <= set(table.row.model_fields)


# --- numbers


def test_numbers_keep_their_digits_and_the_unknown_its_reason(filled: Connection, visitor: Visit) -> None:
    rows = read(visitor, "kpis.json?client=yarko")["rows"]
    assert [(row["period"], row["value"], row["reason"]) for row in rows] == [
        ("2026-01-01", Decimal("0.01234567890123456789"), None),
        ("2026-02-01", None, "source_missing"),
        ("2026-03-01", -1, None),
    ]
    assert {(row["unit"], row["currency"], row["completeness"]) for row in rows} == {("share", None, 1)}

    lines = visitor("viewer").get("/board/tables/kpis.csv?client=yarko").text.splitlines()
    assert lines[1] == "yarko,vk,er_post,month,2026-01-01,0.01234567890123456789,,5,405,share,,1,false,false,false"
    assert lines[2] == "yarko,vk,er_post,month,2026-02-01,,source_missing,5,405,share,,1,false,false,false"
    assert lines[3] == "yarko,vk,er_post,month,2026-03-01,-1,,5,405,share,,1,false,false,false"


def test_money_says_its_currency(filled: Connection, visitor: Visit) -> None:
    rows = read(visitor, "verdicts.json")["rows"]
    assert [(row["client"], row["unit"], row["currency"]) for row in rows] == [
        ("nordlys", "money", "NOK"),
        ("yarko", "money", "RUB"),
    ]
    assert rows[0]["value"] == Decimal("299.98765432109876543210")
    assert rows[0]["evaluated_at"] == "2026-04-14T06:00:00+00:00"


# --- texts from outside


def test_a_text_is_no_formula(filled: Connection, visitor: Visit) -> None:
    viewer = visitor("viewer")
    (load,) = csv.DictReader(StringIO(viewer.get("/board/tables/loads.csv").content.decode("utf-8-sig"), newline=""))
    assert load["reason"] == f"'{HOSTILE}"
    (letter,) = csv.DictReader(
        StringIO(viewer.get("/board/tables/letters.csv").content.decode("utf-8-sig"), newline="")
    )
    assert letter["subject"] == "'-5 подписчиков"

    book = openpyxl.load_workbook(BytesIO(viewer.get("/board/tables/loads.xlsx").content))
    ((cell,),) = [[cell for cell in row if cell.value == HOSTILE] for row in book.active.iter_rows(min_row=2)]
    assert cell.data_type == "s"
    assert read(visitor, "loads.json")["rows"][0]["reason"] == HOSTILE


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_sign_begins_a_formula(begin: str) -> None:
    from smm.board.sheet import plain

    assert plain(f"{begin}1") == f"'{begin}1"
    assert [plain(cell) for cell in (Decimal("-1E+3"), -5, datetime(2026, 3, 1, tzinfo=UTC), True, None, "a=b")] == [
        *("-1000", "-5", "2026-03-01T00:00:00+00:00", "true", "", "a=b")
    ]


def test_nobodys_address_is_in_a_table(filled: Connection, visitor: Visit) -> None:
    texts = [visitor("viewer").get(f"/board/tables/{name}.json?{of_yarko(name)}").text for name in NAMES]
    assert not [text for text in texts if "@" in text.replace(HOSTILE, "")]
    (letter,) = read(visitor, "letters.json")["rows"]
    assert (letter["readers"], letter["sent"], letter["refused"]) == (2, 1, 1)


# --- pages


def test_pages_follow_each_other_to_the_end(filled: Connection, visitor: Visit) -> None:
    found, after = [], ""
    for _ in range(3):
        page = read(visitor, f"kpis.json?client=yarko&limit=1&after={after}")
        found += page["rows"]
        after = page["next"]
    assert after is None
    assert [row["period"] for row in found] == ["2026-01-01", "2026-02-01", "2026-03-01"]

    first = read(visitor, "verdicts.json?limit=1")
    assert [row["client"] for row in first["rows"]] == ["nordlys"]
    assert [row["client"] for row in read(visitor, f"verdicts.json?after={first['next']}")["rows"]] == ["yarko"]


def test_from_and_to_are_both_included(filled: Connection, visitor: Visit) -> None:
    for asked, count in (
        ("from=2026-02&to=2026-03", 2),
        ("from=2026-02-01&to=2026-02-28", 1),
        ("to=2026-02", 2),
        ("from=2026-03-02", 0),
        ("from=&to=&network=vk", 3),
        ("kpi=reach", 0),
        ("grain=week", 0),
    ):
        assert len(read(visitor, f"kpis.json?client=yarko&{asked}")["rows"]) == count, asked
    assert len(read(visitor, "loads.json?from=2026-03-31&to=2026-03-31")["rows"]) == 1
    assert read(visitor, "loads.json?from=2026-04-01")["rows"] == []


# --- files


def test_a_file_is_named_by_what_is_in_it(filled: Connection, visitor: Visit) -> None:
    for form in ("csv", "xlsx"):
        answer = visitor("viewer").get(f"/board/tables/kpis.{form}?client=yarko&from=2026-01&to=2026-03")
        name = f"kpis-yarko-month-2026-01-01-2026-03-31.{form}"
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert visitor("viewer").get("/board/tables/kpis.csv?client=yarko").content.startswith(b"\xef\xbb\xbfclient,")


def test_a_long_csv_is_whole_and_a_long_workbook_refused(
    filled: Connection, visitor: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smm.board import sheet

    monkeypatch.setattr(sheet, "MOST_ROWS", 2)
    monkeypatch.setattr(sheet, "BLOCK", 2)
    assert len(visitor("viewer").get("/board/tables/kpis.csv?client=yarko").text.splitlines()) == 4
    answer = visitor("viewer").get("/board/tables/kpis.xlsx?client=yarko", headers={"accept": "*/*"})
    assert answer.status_code == 400
    assert (
        "a workbook holds 2 rows, and there are more: ask for fewer months, or take the CSV" in answer.json()["detail"]
    )


def test_a_workbook_is_made_for_people(filled: Connection, visitor: Visit) -> None:
    filled.execute("update core.client set name = 'Ярко' where client = 'yarko'")
    filled.commit()

    def sheet(address: str) -> Any:
        return openpyxl.load_workbook(BytesIO(visitor("viewer").get(f"/board/tables/{address}").content)).active

    verdicts = sheet("verdicts.xlsx?client=yarko")
    assert (verdicts.title, verdicts.freeze_panes, verdicts.auto_filter.ref) == ("Verdicts yarko", "A2", "A1:AB2")
    first = dict(zip(*([cell.value for cell in row] for row in verdicts.iter_rows(max_row=2)), strict=True))
    assert [*first][:2] == ["client", "client_name"]
    assert (first["client"], first["client_name"]) == ("yarko", "Ярко")
    assert (first["kpi"], first["kpi_name"]) == ("cost_per_lead", "Cost per lead")
    cells = {head.value: cell for head, cell in zip(*verdicts.iter_rows(max_row=2), strict=True)}
    assert cells["low"].number_format == '#,##0 "RUB"'
    assert cells["value"].number_format == '#,##0.00 "RUB"'
    assert cells["month"].number_format == "yyyy-mm-dd"
    widths = {head: verdicts.column_dimensions[cell.column_letter].width for head, cell in cells.items()}
    assert all(len(head) < width for head, width in widths.items()), "no heading is cut"

    kpis = sheet("kpis.xlsx?client=yarko")
    assert kpis.title == "KPIs yarko"
    assert [row[7].number_format for row in kpis.iter_rows(min_row=2) if row[7].value is not None] == ["0.00%"] * 2
    assert sheet("catalogue.xlsx").title == "Catalogue"
    assert "title_name" not in [cell.value for cell in next(sheet("catalogue.xlsx").iter_rows())]


def test_a_long_id_leaves_the_sheet_its_tables_name(filled: Connection, visitor: Visit) -> None:
    filled.execute("update core.client set client = %s where client = 'yarko'", ["a" * 30])
    filled.commit()
    answer = visitor("viewer").get(f"/board/tables/measures.xlsx?client={'a' * 30}")
    assert openpyxl.load_workbook(BytesIO(answer.content)).active.title == "Measures"


# --- what is asked wrongly


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("kpis.json", 400, "client: is missing"),
        ("kpis.csv?clinet=yarko", 400, "there is no parameter 'clinet' here; there are from, to, client, network, kpi"),
        ("verdicts.json?from=march", 400, "from: write a month such as 2026-03, or a day such as 2026-03-15"),
        ("verdicts.json?from=2026-13", 400, "from: write a month"),
        ("verdicts.json?to=9999-12", 400, "to: write a month"),
        ("verdicts.json?from=2026-03&to=2026-01", 400, "from lies after to: change them round"),
        ("kpis.json?client=yarko&grain=year", 400, "grain: Input should be 'day', 'week' or 'month'"),
        ("kpis.json?client=yarko&limit=10001", 400, "limit: Input should be less than or equal to 10000"),
        ("kpis.csv?client=yarko&limit=5", 400, "there is no parameter 'limit' here"),
        ("kpis.json?client=%00'", 400, "it holds a NUL"),
        ("kpis.json?client=' or 1=1", 400, "client: write an id"),
        ("verdicts.json?after=nonsense", 400, "after: write what `next` was"),
        ("verdicts.json?after=WyJhIl0=", 400, "after: write what `next` was in the page before of this table"),
        ("verdicts.json?after=WyJhIiwgIngiLCAieCIsICJ4Il0=", 400, "after: write what `next` was in the page before of"),
        ("kpis.json?client=nobody", 404, "There is no client nobody."),
        ("kpis.csv?client=nobody", 404, "There is no client nobody."),
        ("invoices.csv", 404, "There is no table invoices.csv: there are verdicts, kpis,"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    warehouse: Connection, visitor: Visit, address: str, status: int, said: str
) -> None:
    answer = visitor("viewer").get(f"/board/tables/{address}", headers={"accept": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert said in answer.json()["detail"]


# --- programs


def test_openapi_tells_of_the_tables_alone(visitor: Visit) -> None:
    told = visitor("viewer").get("/board/openapi.json").json()
    assert list(told["paths"]) == [f"/tables/{name}.json" for name in NAMES]
    assert [path["get"]["operationId"] for path in told["paths"].values()] == NAMES
    assert told["servers"] == [{"url": "/board"}]
    value = told["components"]["schemas"]["KpiFact"]["properties"]["value"]
    assert value["anyOf"] == [{"type": "number"}, {"type": "null"}]
    assert value["unit"] == "as `unit` says"
    assert [one["name"] for one in told["paths"]["/tables/verdicts.json"]["get"]["parameters"]] == [
        *("from", "to", "client", "limit", "after")
    ]
    assert "422" not in json.dumps(told["paths"])


def test_a_program_logs_in_with_a_token_of_airflows(filled: Connection, visitor: Visit) -> None:
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    program = visitor(None)
    login = {"username": "admin", "password": SimpleAuthManager.get_passwords()["admin"]}
    token = program.post("/auth/token", json=login).json()["access_token"]

    answer = program.get("/board/tables/verdicts.json", headers={"Authorization": f"Bearer {token}"})
    assert [row["client"] for row in answer.json()["rows"]] == ["nordlys", "yarko"]
    assert program.get("/board/tables/verdicts.json", headers={"Authorization": "Bearer x"}).status_code == 403
    assert program.get("/board/tables/verdicts.json").status_code == 401
