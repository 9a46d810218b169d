"""A client whose October was judged, in a warehouse of the test's own."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from smm import catalogue, clients, roster
from smm.letters import outbox
from smm.roster import catalogued
from smm.verdicts import judging as targets
from smm.warehouse import Connection
from tests.letters.examples import DAY_4, OCTOBER

FILE = """
name: Ярко
language: ru
time_zone: Europe/Moscow
currency: RUB
started: 2025-01-01
sources:
  vk: {connection: vk_yarko, community: 1}
  figures: {path: yarko.csv}
leads: {calls: figures}
targets:
  vk.reach: {plan: {2025-09: 14000, 2025-10: 14250}, main: true}
  vk.er_post: {at_least: 0.012}
  leads: {at_least: 40}
report:
  to: [owner@yarko.example]
  manager: anna@agency.example
  letters: [missed]
annotations:
  - {from: 2025-10-13, to: 2025-10-22, network: vk, text: Специалист в отпуске}
"""


@dataclass
class Case:
    """A warehouse, and the words by which a test fills it."""

    warehouse: Connection
    folder: Path

    def client(self, name: str = "yarko", /, **keys: Any) -> None:
        """Store a client file that has these keys instead of the usual ones."""
        path = self.folder / f"{name}.yml"
        path.write_text(yaml.safe_dump(yaml.safe_load(FILE) | keys, allow_unicode=True), "utf-8")
        known = catalogue.read()
        catalogued.store(self.warehouse, known)
        client = clients.read_file(path, known)
        roster.store(self.warehouse, known, [client])
        roster.store_targets(self.warehouse, client.id, client.targets)

    def kpi(self, name: str, value: float | None, month: date = OCTOBER, client: str = "yarko", **row: Any) -> None:
        network, _, kpi = name.partition(".")
        reason = "source_missing" if value is None else None
        self.warehouse.execute(
            """insert into marts.kpi_months (client, network, kpi, period, value, completeness, reason)
            values (%s, %s, %s, %s, %s, %s, %s)
            on conflict (client, network, kpi, period) do update set value = excluded.value""",
            [client, network, kpi, month, value, row.get("completeness", 1), reason],
        )

    def facts(self, reach: float, er_post: float = 0.02, leads: float = 41) -> None:
        """What came of the usual targets in October."""
        self.kpi("vk.reach", reach)
        self.kpi("vk.er_post", er_post)
        self.kpi("all.leads", leads)

    def judge(self, client: str = "yarko", month: date = OCTOBER, at: datetime = DAY_4) -> None:
        targets.judge(self.warehouse, [client], month, at)

    def missed(self, client: str = "yarko", /, **keys: Any) -> str | None:
        """A client that missed two of three targets in October, judged, its letter in the outbox."""
        self.client(client, **keys)
        self.kpi("vk.reach", 11873, client=client)
        self.kpi("vk.er_post", 0.0108, client=client)
        self.kpi("all.leads", 41, client=client)
        self.judge(client)
        letter = outbox.write(self.warehouse, client, OCTOBER, DAY_4, "agency.example", "missed")
        self.warehouse.commit()
        return letter

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self.warehouse.execute(query.encode())]
