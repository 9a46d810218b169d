"""The tables that other tools read: /tables/<table>.json in pages, .csv and .xlsx whole; and /openapi.json."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response, StreamingResponse
from psycopg import sql
from pydantic import BaseModel, Field, TypeAdapter

from smm.board import names, rows, sheet
from smm.board.page import Gone, Reading
from smm.board.parameters import OfCatalogue, OfClient, OfClients, OfKpis, OfMeasures, Paging, Parameters, cursor
from smm.board.rows import Page, Row
from smm.files import periods
from smm.warehouse import Connection, statement

router = APIRouter()

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Table:
    name: str
    row: type[Row]
    parameters: type[Parameters]

    @property
    def file(self) -> str:
        return f"board/table_{self.name}.sql"


TABLES = (
    Table("verdicts", rows.Verdict, OfClients),
    Table("kpis", rows.KpiFact, OfKpis),
    Table("measures", rows.MeasureFact, OfMeasures),
    Table("loads", rows.Load, OfClients),
    Table("coverage", rows.Coverage, OfClient),
    Table("letters", rows.Letter, OfClients),
    Table("catalogue", rows.KpiEntry, OfCatalogue),
)


class Refusal(BaseModel):
    """Why there is no table."""

    detail: str = Field(description="what was wrong, and what to write instead")


def page(warehouse: Connection, table: Table, asked: Paging) -> str:
    """Some rows as JSON, written by Postgres: a numeric keeps its digits."""
    _begin(warehouse, asked)
    place: sql.Composable = sql.SQL("true")
    if asked.after is not None:
        names = sql.SQL(", ").join(map(sql.Identifier, table.row.key))
        place = sql.SQL("({}) > ({})").format(names, sql.SQL(", ").join(_key(table, asked.after)))
    line = sql.SQL("select row_to_json(cell)::text as line from ({}) as cell where {} order by {} limit %(rows)s")
    query = line.format(_rows(table), place, _order(table))
    lines: list[str] = []
    for span in _spans(warehouse, table, asked):
        values = asked.values() | span | {"rows": asked.limit + 1 - len(lines)}
        lines += [row["line"] for row in warehouse.execute(query, values)]
        if len(lines) > asked.limit:
            break
    following = None
    if len(lines) > asked.limit:
        lines.pop()
        last = json.loads(lines[-1])
        following = cursor(last[name] for name in table.row.key)
    return '{"rows": [\n' + ",\n".join(lines) + f'\n], "next": {json.dumps(following)}}}\n'


def _spans(warehouse: Connection, table: Table, asked: Paging) -> Iterator[dict[str, date]]:
    """The days to read one after the other: month by month, because numbers of days are computed as they are read."""
    given = asked.values()
    if given.get("grain") != "day":
        yield {}
        return
    query = "select min(month) as first, max(month) as last from marts.daily where client = %s"
    stored = warehouse.execute(query, [given["client"]]).fetchone()
    if stored is None or stored["first"] is None:
        return
    first = max(stored["first"], given["first_day"] or stored["first"])
    if asked.after is not None:
        period = asked.after[table.row.key.index("period")]
        first = max(first, TypeAdapter(date).validate_python(period))  # written as _key reads it
    last = min(periods.month_after(stored["last"]), given["last_day"] or date.max)
    while first <= last:
        following = periods.month_after(first.replace(day=1))
        yield {"first_day": first, "last_day": min(last, following - timedelta(days=1))}
        first = following


def whole(warehouse: Connection, table: Table, asked: Parameters) -> sheet.Cells:
    """All the rows, a block at a time, of one moment."""
    query = sql.SQL("select * from ({}) as cell order by {}").format(_rows(table), _order(table))
    with warehouse.cursor("rows") as found:
        found.itersize = sheet.BLOCK
        found.execute(query, asked.values())
        for row in found:
            yield list(row.values())


def workbook(warehouse: Connection, table: Table, asked: Parameters) -> bytes:
    """All the rows as XLSX, in a sheet that says what it holds. Raises TooLong."""
    columns = [sheet.Column(name, unit) for name, unit in table.row.units().items()]
    named = names.beside(warehouse, columns, whole(warehouse, table, asked))
    return sheet.workbook(_titled(table, asked), *named)


def _rows(table: Table) -> sql.Composable:
    return sql.SQL(statement(table.file))


def _order(table: Table) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, table.row.key))


def _key(table: Table, after: list[str]) -> list[sql.Literal]:
    types: list[Any] = [table.row.model_fields[name].annotation for name in table.row.key]
    try:
        return [sql.Literal(TypeAdapter(one).validate_python(part)) for one, part in zip(types, after, strict=True)]
    except ValueError:  # a ValidationError is one
        said = "write what `next` was in the page before of this table, or leave it out"
        raise RequestValidationError([{"loc": ("query", "after"), "msg": said, "type": "value_error"}]) from None


def _begin(warehouse: Connection, asked: Parameters) -> None:
    """Raises Gone if it is asked for a client that does not exist. Moments are UTC from here on."""
    warehouse.execute("set local time zone 'UTC'")
    client = getattr(asked, "client", None)
    query = "select from core.client where client = %s"
    if client is not None and warehouse.execute(query, [client]).fetchone() is None:
        raise Gone(f"There is no client {client}.")


def _offer(table: Table) -> None:
    """The routes of one table. Each has its parameters of its own, which FastAPI reads from what is annotated."""
    columns = list(table.row.model_fields)
    paged = type(f"{table.parameters.__name__}InPages", (Paging, table.parameters), {})

    def as_json(warehouse: Reading, asked: Annotated[paged, Query()]) -> Response:  # type: ignore[valid-type]
        return Response(page(warehouse, table, asked), media_type="application/json")

    def as_csv(warehouse: Reading, asked: Annotated[table.parameters, Query()]) -> Response:  # type: ignore[name-defined]
        _begin(warehouse, asked)
        written = sheet.text(columns, whole(warehouse, table, asked))
        return StreamingResponse(written, media_type="text/csv; charset=utf-8", headers=_named(table, asked, "csv"))

    def as_xlsx(warehouse: Reading, asked: Annotated[table.parameters, Query()]) -> Response:  # type: ignore[name-defined]
        _begin(warehouse, asked)
        try:
            made = workbook(warehouse, table, asked)
        except sheet.TooLong:
            said = (
                f"a workbook holds {sheet.MOST_ROWS:,} rows, and there are more: ask for fewer months, or take the CSV"
            )
            raise RequestValidationError([{"loc": ("query",), "msg": said, "type": "value_error"}]) from None
        return Response(made, media_type=XLSX, headers=_named(table, asked, "xlsx"))

    router.add_api_route(
        f"/tables/{table.name}.json",
        as_json,
        operation_id=table.name,
        summary=f"The table {table.name}",
        description=table.row.__doc__,
        response_model=Page[table.row],  # type: ignore[name-defined]
        responses={"4XX": {"model": Refusal, "description": "Not asked for as it must be, or not allowed"}},
        tags=["tables"],
    )
    router.add_api_route(f"/tables/{table.name}.csv", as_csv, include_in_schema=False)
    router.add_api_route(f"/tables/{table.name}.xlsx", as_xlsx, include_in_schema=False)


def _named(table: Table, asked: Parameters, form: str) -> dict[str, str]:
    """The file's name says what is in it: kpis-yarko-instagram-month-2026-01-01-2026-03-31.csv."""
    name = "-".join(_asked(table, asked))
    return {"Content-Disposition": f'attachment; filename="{name}.{form}"'}


def _titled(table: Table, asked: Parameters) -> str:
    """The sheet's name, such as KPIs yarko; the table's alone if the client's id leaves no room for it."""
    name = {"kpis": "KPIs"}.get(table.name, table.name.capitalize())
    titled = f"{name} {asked.model_dump().get('client') or ''}".strip()
    return titled if len(titled) <= sheet.LONGEST_TITLE else name


def _asked(table: Table, asked: Parameters) -> list[str]:
    """The table and what was asked of it, in words of a name."""
    said = asked.model_dump(exclude_none=True)
    parts = [said.get(name) for name in ("client", "network", "kpi", "measure", "grain", "first_day", "last_day")]
    return [table.name, *(str(part) for part in parts if part)]


for one in TABLES:
    _offer(one)


@router.get("/tables/{name}", include_in_schema=False)
def unknown(name: str) -> Response:
    names = ", ".join(table.name for table in TABLES)
    raise Gone(f"There is no table {name}: there are {names}, each as .json, .csv and .xlsx.")


@router.get("/openapi.json", include_in_schema=False)
def described(request: Request) -> dict[str, Any]:
    """The tables as OpenAPI tells them, with the address at which this board stands."""
    told: dict[str, Any] = request.app.openapi()
    return told | {"servers": [{"url": request.scope.get("root_path", "") or "/"}]}
