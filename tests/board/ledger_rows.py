"""Rows of the ledger, as loads would have left them, and the pages that show them."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from smm.warehouse import Connection

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)
RUN = "ingest_ga4/scheduled__2026-05-01T05:00:00+00:00"


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


class Rows:
    """A warehouse, and the words by which a test fills it."""

    def __init__(self, warehouse: Connection) -> None:
        self.warehouse = warehouse
        self._numbers = count(1)

    def put(self, table: str, **columns: Any) -> None:
        names, values = (
            map(sql.Identifier, columns),
            [Jsonb(value) if isinstance(value, dict) else value for value in columns.values()],
        )
        self.warehouse.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier(*table.split(".")),
                sql.SQL(", ").join(names),
                sql.SQL(", ").join(sql.Placeholder() for _ in columns),
            ),
            values,
        )
        self.warehouse.commit()

    def client(self, client: str = "yarko", *sources: str, **row: Any) -> None:
        """One with these sources, each named as it is; its days are UTC's."""
        stands = {"name": client.title(), "language": "en", "time_zone": "UTC", "currency": "EUR", "report": {}}
        self.put("core.client", client=client, **stands | {"started": ago(5)} | row)
        for source in sources or ("ga4",):
            self.put("core.client_source", client=client, network=source, source=source)

    def load(
        self, state: str, first: date | None, last: date | None, client: str = "yarko", source: str = "ga4", **row: Any
    ) -> str:
        """A load, later than those before it; returns its id."""
        number = next(self._numbers)
        load_id = f"load-{number:04d}"
        at = datetime.now(UTC) - timedelta(hours=5) + timedelta(minutes=number)
        times = {"started_at": at, "finished_at": at + timedelta(seconds=90)}
        stands = {"run_id": RUN, "source": source, "network": source, "first_day": first, "last_day": last}
        self.put("core.load", client=client, load_id=load_id, state=state, **times | stands | row)
        return load_id

    def known(
        self, load_id: str, *days: date, report: str = "traffic", state: str = "known", reason: str | None = None,
        client: str = "yarko", network: str = "ga4",
    ) -> None:  # fmt: skip
        for day in days:
            self.put(
                "core.coverage", client=client, network=network, source=network.partition("_")[0],
                report=report, day=day, load_id=load_id, state=state,
                reason=reason,
            )  # fmt: skip
