"""A client whose targets are to be changed, and what a rehearsal of them says."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from smm import catalogue
from smm.rehearsal import months as rehearse
from smm.rehearsal import table as rehearsal_table
from smm.warehouse import Connection

HEAD = """\
name: Yarko
language: ru
time_zone: Europe/Moscow
currency: RUB
started: 2025-08-01
sources:
  vk: {connection: vk_yarko, community: 1}
  figures: {path: yarko.csv}
report: {to: [owner@yarko.example], letters: [LETTERS], hour: 9}
targets:
"""
THEN = """\
  vk.followers: {plan: {2025-09: 1000, 2025-10: 1100, 2025-11: 1200}, main: true}
  vk.reach: {at_least: 5000}
  vk.posts: {between: [12, 20]}
"""
NOW = """\
  vk.followers: {plan: {2025-10: 1000, 2025-11: 1300}, main: true}
  vk.posts: {between: [12, 20]}
  vk.er_post: {at_least: 0.012}
  vk_ads.cost_per_lead: {at_most: 300}
  all.purchases: {at_least: 10}
"""
FACTS = """
         | vk.followers | vk.reach | vk.posts | vk.er_post | vk_ads.cost_per_lead
2025-07  | 900          | 4000     | 5        | 0.01       | 900
2025-08  | 950          | 5500     | 12       | 0.013      | 290.5
2025-09  | 1000         | 5200     | 12       | 0.0121     | zero_denominator
2025-10  | 1050         | 4900     | 25       | 0.011      | 300
2025-11  | 1234         | 4800     | 15       | 0.0119     | 310.25
2025-12  | 1300         | 100      | 1        | 0.0001     | 1000
"""
TOLD = """\
Yarko (yarko): the stored months, judged by the targets now in its file

                      2025             2025-11
target                08 09 10 11        value  asked
vk.followers              * +* x*        1,234  >= 1,300
vk.posts              +  +  x  +            15  12 to 20
vk.er_post            +  +* x* x*        1.19%  >= 1.20%
vk_ads.cost_per_lead  +  .* +* x*   RUB 310.25  <= RUB 300.00
all.purchases         o  o* o* o*            -  >= 10          source_missing

+ met, x missed, . not measured, o not due, blank: no target
2025-11: provisional until the 14th of the next month

would have sent 2 letters in 4 months: 2025-10 (vk.posts, vk.er_post), 2025-11 (vk.followers,
  vk_ads.cost_per_lead, vk.er_post)

* differs from the verdict in the warehouse: 15
  vk.followers 2025-09: not asked, was met
  vk.followers 2025-10: met, was missed (asked >= 1,000, was >= 1,100)
  vk.followers 2025-11: missed, was met (asked >= 1,300, was >= 1,200)
  vk.er_post 2025-09: met, was not asked
  vk.er_post 2025-10, 2025-11: missed, was not asked
  vk_ads.cost_per_lead 2025-09: not measured, was not asked
  vk_ads.cost_per_lead 2025-10: met, was not asked
  vk_ads.cost_per_lead 2025-11: missed, was not asked
  all.purchases 2025-09, 2025-10, 2025-11: not due, was not asked
  vk.reach 2025-09: not asked, was met
  vk.reach 2025-10, 2025-11: not asked, was missed
never judged so far: 2025-08
"""
AT = datetime(2025, 12, 10, 12, tzinfo=UTC)


@dataclass
class Case:
    """A client whose September to November were judged by its file of THEN; October's letter was written."""

    warehouse: Connection
    file: Path

    def write(self, wanted: str, letters: str = "missed") -> Path:
        self.file.write_text(HEAD.replace("LETTERS", letters) + wanted, "utf-8")
        return self.file

    def told(self, at: datetime = AT, months: int = 12) -> list[str]:
        known = catalogue.read()
        client, wanted = rehearse.asked(known, "yarko")
        done = rehearse.rehearse(self.warehouse, known, client, wanted, at, months)
        return list(rehearsal_table.lines(done, known))

    def rows(self) -> dict[str, list[str]]:
        """Every row of the warehouse."""
        tables = self.warehouse.execute(
            "select schemaname || '.' || tablename as name from pg_tables"
            " where schemaname in ('catalogue', 'core', 'marts', 'staging', 'audit')"
        ).fetchall()
        names = [row["name"] for row in tables]
        return {name: [*self.column(f"select t::text from {name} as t order by 1")] for name in names}

    def column(self, query: str) -> list[Any]:
        return [value for row in self.warehouse.execute(query.encode()) for value in row.values()]


def put(warehouse: Connection, network: str, kpi: str, month: date, fact: str) -> None:
    value, reason = (None, fact) if fact[0].isalpha() else (fact, None)
    warehouse.execute(
        "insert into marts.kpi_months (client, network, kpi, period, value, numerator, reason, completeness)"
        " values ('yarko', %s, %s, %s, %s, %s, %s, 1)",
        [network, kpi, month, value, value, reason],
    )
