# ruff: noqa: E501, a table's row is one line
"""Every rule in every state of what is known: one table.

Every rule below comes to the same in December 2025: about a hundred. So one line says what is said of a state under all
of them, and ``but`` names the rules of which something else is said: ``growths`` are those counted from a month,
``sums`` the quarter and the campaign. Each rule of each line is a client of its own.

``known`` is what the rule's number came to: ``good``, ``near`` (it misses by 1 %), ``bad`` (by about 20 %), the first
``half of`` it, ``nothing`` at all, a reason, or how it came about. ``besides`` is what else is so. ``said`` is the
verdict; ``? ...`` is not_proven and ``- ...`` not_measured, with the reason.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from smm import roster
from smm.clients.file import Target
from smm.warehouse import Connection
from tests.daily import put_days
from tests.verdicts.lines import judge, put, put_client

STARTED = OCTOBER = date(2025, 10, 1)  # December is the third month of work
NOVEMBER, DECEMBER = date(2025, 11, 1), date(2025, 12, 1)
KPI, RATIO = "followers_gained", "key_events_per_session"  # the ratio, where it is about denominators
BEST = {"good": 121, "near": 99, "bad": 81}
LEAST = {"good": 79, "near": 101, "bad": 121}  # the best of a ceiling

RULES: dict[str, dict[str, Any]] = {
    "plan": {"plan": {"2025-12": 100}},
    "at_least": {"at_least": 100},
    "at_most": {"at_most": 100},
    "between": {"between": [100, 200]},
    "over previous month": {"growth": 0.25, "over": "previous_month"},
    "over year ago": {"growth": 0.25, "over": "year_ago"},
    "over baseline": {"growth": 0.25, "over": "baseline"},
    "over a number": {"growth": 0.25, "over": 80},
    "from baseline": {"from_baseline": {"to": 2.0, "by_month": 12}},  # 80 x (1 + 3 / 12)
    "quarter": {"plan": {"2025-Q4": 100}},  # 20 in October, 30 in November
    "campaign": {"plan": {"2025-11-10..2025-12-20": 100}},  # one on each of the 21 days of November
}
BASES = {"over previous month": NOVEMBER, "over year ago": date(2024, 12, 1), "over baseline": date(2025, 9, 1)}
BASES["from baseline"] = BASES["over baseline"]
GROUPS = {"growths": set(BASES), "sums": {"quarter", "campaign"}}

STATES = """
known                    | besides                       | judged on  | said                 | but
good                     |                               | 2026-01-04 | met                  |
good                     |                               | 2026-01-20 | met                  |
near                     |                               | 2026-01-04 | missed               |
bad                      |                               | 2026-01-04 | missed               |
bad                      |                               | 2026-01-20 | missed               |
good incomplete          |                               | 2026-01-04 | ? incomplete         |
bad incomplete           |                               | 2026-01-20 | ? incomplete         |
bad derived              |                               | 2026-01-04 | ? derived            |
bad late                 |                               | 2026-01-04 | ? late               |
bad flagged              |                               | 2026-01-04 | ? flagged            |
good flagged             |                               | 2026-01-20 | ? flagged            |
nothing                  |                               | 2026-01-20 | - source_missing     | sums: ? incomplete
no_access                |                               | 2026-01-20 | - no_access          |
not_final                |                               | 2026-01-20 | - not_final          |
zero_denominator         |                               | 2026-01-20 | - zero_denominator   |
bad                      | not due                       | 2026-01-20 | not_due              |
no_access                | not due                       | 2026-01-20 | not_due              |
bad                      | paused                        | 2026-01-20 | no verdict           |
bad                      | ended before                  | 2026-01-20 | no verdict           |
bad                      | base missing                  | 2026-01-20 | missed               | growths: - no_base
bad                      | base incomplete               | 2026-01-20 | missed               | growths: - no_base
bad                      | base not to compare           | 2026-01-20 | missed               | growths: - no_base
bad                      | base late                     | 2026-01-20 | missed               | growths: ? base_not_proven
good                     | base derived                  | 2026-01-20 | met                  | growths: ? base_not_proven
near                     | tolerance 0.02                | 2026-01-04 | met                  |
near                     | tolerance 0.02                | 2026-01-20 | met                  |
bad                      | tolerance 0.02                | 2026-01-20 | missed               |
near                     | restatement moved it by 0.02  | 2026-01-04 | ? within_restatement |
near                     | restatement moved it by 0.02  | 2026-01-20 | missed               |
bad                      | restatement moved it by 0.02  | 2026-01-04 | missed               |
good                     | restatement moved it by 0.02  | 2026-01-04 | met                  |
good                     | then bad, judged again        | 2026-01-20 | missed               |
bad                      | then good, judged again       | 2026-01-20 | met                  |
bad                      | reworded, judged again        | 2026-01-20 | missed               |
bad                      | reworded                      | 2026-01-20 | met                  |
half of good             | foreseen good                 | 2025-12-16 | on_track             |
half of bad              | foreseen bad                  | 2025-12-16 | at_risk              |
half of bad              | foreseen near, tolerance 0.02 | 2025-12-16 | on_track             | sums: at_risk
half of bad              | foreseen bad for certain      | 2025-12-16 | certain_miss         | sums: at_risk
half of good             |                               | 2025-12-16 | ? no_forecast        | sums: on_track
half of bad flagged      | foreseen bad for certain      | 2025-12-16 | ? flagged            |
half of bad              | foreseen bad, base missing    | 2025-12-16 | at_risk              | growths: - no_base
half of bad              | foreseen bad, not due         | 2025-12-16 | not_due              |
nothing                  |                               | 2025-12-16 | - source_missing     | sums: at_risk
good                     |                               | 2026-01-03 | on_track             |
bad                      |                               | 2026-01-03 | at_risk              | at_most: certain_miss
"""


class Case:
    """One rule in one state: a client."""

    def __init__(self, warehouse: Connection, client: str, rule: str, state: dict[str, str]) -> None:
        self.warehouse, self.client, self.rule = warehouse, client, rule
        self.known, self.besides = state["known"].split(), state["besides"]
        self.kpi = RATIO if "zero_denominator" in self.known else KPI

    def put(self) -> None:
        dates: dict[str, date] = {}
        if self.besides == "paused":
            dates = {"paused_from": DECEMBER, "paused_to": date(2025, 12, 31)}
        if self.besides == "ended before":
            dates = {"ended": date(2025, 11, 30)}
        put_client(self.warehouse, self.client, started=STARTED, **dates)
        self.ask(RULES[self.rule])
        if self.besides == "reworded":
            self.reword()
        if self.rule in BASES and "base missing" not in self.besides:
            self.put_base(BASES[self.rule])
        if self.rule == "quarter":
            self.fact(OCTOBER, 20)
            self.fact(NOVEMBER, 30)
        for day in range(10, 31) if self.rule == "campaign" else ():
            self.fact(NOVEMBER.replace(day=day), 1)
        if "nothing" not in self.known:
            self.put_december(*self.known)
        if "foreseen" in self.besides:
            self.put_forecast(self.number(self.besides.replace(",", "").split()[1]))
        if "restatement" in self.besides:
            self.put_restatement()

    def change(self) -> None:
        """What happens between the two judgements of a line that is judged again."""
        if "reworded" in self.besides:
            self.reword()
        else:
            query = "delete from marts.kpi_months where client = %s and period >= %s"
            self.warehouse.execute(query, [self.client, DECEMBER])
            self.put_december(self.besides.split()[1].strip(","))

    def reword(self) -> None:
        """Something else is asked that is met."""
        is_sum = self.rule in GROUPS["sums"]
        self.ask({"plan": dict.fromkeys(RULES[self.rule]["plan"], 10)} if is_sum else {"between": [0, 1000]})

    def ask(self, rule: dict[str, Any]) -> None:
        more: dict[str, Any] = {"from_month": 99} if "not due" in self.besides else {}
        more |= {"tolerance": 0.02} if "tolerance" in self.besides else {}
        target = Target.model_validate({"network": "vk", "kpi": self.kpi} | rule | more)
        roster.store_targets(self.warehouse, self.client, [target])

    def number(self, word: str) -> Decimal:
        return Decimal((LEAST if self.rule == "at_most" else BEST)[word])

    def put_base(self, month: date) -> None:
        row: dict[str, Any] = {"completeness": Decimal("0.9")} if "base incomplete" in self.besides else {}
        self.fact(month, 80, **row | {f"is_{mark}": f"base {mark}" in self.besides for mark in ("late", "derived")})
        if "base not to compare" in self.besides:
            put(
                self.warehouse, "core.annotation", client=self.client, text="Contest", compare=False,
                first_day=month, last_day=month,
            )  # fmt: skip

    def put_december(self, *known: str) -> None:
        """What the words say of December; of a sum, of what it adds to the months before."""
        row: dict[str, Any] = {f"is_{mark}": mark in known for mark in ("derived", "late", "flagged")}
        value = next((self.number(word) for word in known if word in BEST), None)
        if value is None:
            row |= {"reason": known[0], "completeness": 0}
        if self.rule == "campaign":
            days = 15 if "half" in known else 19 if "incomplete" in known else 20
            for day in range(1, days + 1):
                self.fact(DECEMBER.replace(day=day), None if value is None else (value - 21) / 20, **row)
        else:
            share = Decimal("0.5") if "half" in known else Decimal("0.9") if "incomplete" in known else Decimal(1)
            before = 50 if self.rule == "quarter" else 0
            self.fact(DECEMBER, None if value is None else (value - before) * share, **{"completeness": share} | row)

    def fact(self, period: date, value: Any, **row: Any) -> None:
        """Of a campaign, of a day; of the others, of a month."""
        if self.rule == "campaign":
            numbers = {"key_events": 0, "sessions": 0} if self.kpi == RATIO else {KPI: row.pop("reason", value)}
            marks = {name: row[name] for name in row if name.startswith("is_")}
            for measure, number in numbers.items():
                put_days(self.warehouse, self.client, f"vk.{measure}", {period: number}, **marks)
            return
        if self.kpi == RATIO:
            value, row = None, row | {"reason": "zero_denominator", "completeness": 1}
            row |= {"numerator": 0, "denominator": 0}
        elif value is not None:
            row |= {"numerator": value}
        row = {"network": "vk", "kpi": self.kpi, "period": period, "value": value} | row
        put(self.warehouse, "marts.kpi_months", client=self.client, **{"completeness": 1} | row)

    def put_forecast(self, value: Decimal) -> None:
        """Of the 15th: by what may follow, nothing is certain, unless it is."""
        row: dict[str, Any] = {"least": 0, "most": 1000}
        if "certain" in self.besides:
            row |= {"least": value} if self.rule == "at_most" else {"most": value}
        row |= {"value": value, "low": value - 1, "high": value + 1, "day": date(2025, 12, 15)}
        put(self.warehouse, "marts.forecast", client=self.client, month=DECEMBER, network="vk", kpi=self.kpi, **row)

    def put_restatement(self) -> None:
        """Three months were known by their 3rd day; one of them moved from 98 to 100 on the 6th."""
        for month in (6, 7, 8):
            period, after = date(2025, month, 1), datetime(2025, month + 1, 3, tzinfo=UTC)
            days = {"first_day": period, "last_day": after.date() - timedelta(days=3), "finished_at": after}
            put(
                self.warehouse, "core.load", client=self.client, load_id=str(month), run_id="run", source="vk",
                network="vk", state="published", **days,
            )  # fmt: skip
        cell = {"network": "vk", "measure": KPI, "grain": "month", "period": period}
        put(self.warehouse, "marts.measure_periods", client=self.client, value=100, completeness=1, **cell)
        put(
            self.warehouse, "marts.measure_history", client=self.client, value=98,
            replaced_at=after + timedelta(days=3), **cell,
        )  # fmt: skip


def states() -> dict[str, dict[str, str]]:
    head, *rows = [[cell.strip() for cell in row.split("|")] for row in STATES.strip().splitlines()]
    return {" | ".join(row[:3]): dict(zip(head, row, strict=True)) for row in rows}


def said(row: dict[str, Any] | None) -> str:
    if row is None:
        return "no verdict"
    sign = {"not_proven": "? ", "not_measured": "- "}.get(row["verdict"])
    return f"{sign}{row['reason']}" if sign else str(row["verdict"])


def test_every_rule_in_every_state(marts: Connection) -> None:
    cases: dict[str, list[Case]] = {}
    asked = [(state, rule) for state in states() for rule in RULES]
    for number, (state, rule) in enumerate(asked):
        case = Case(marts, f"c{number:03}", rule, states()[state])
        case.put()
        cases.setdefault(state, []).append(case)
    moments: dict[str, list[Case]] = {}
    for state, found in cases.items():
        moments.setdefault(states()[state]["judged on"], []).extend(found)
    for day, found in moments.items():
        moment = datetime.fromisoformat(f"{day} 06:00").replace(tzinfo=UTC)
        again = [case for case in found if "judged again" in case.besides]
        judge(marts, [case.client for case in again], DECEMBER, moment)
        for case in again:
            case.change()
        judge(marts, [case.client for case in found], DECEMBER, moment)
    verdicts = {row["client"]: row for row in marts.execute("select * from marts.verdict")}

    told = {state: {case.rule: said(verdicts.get(case.client)) for case in cases[state]} for state in cases}

    assert told == {state: expected(line) for state, line in states().items()}


def expected(line: dict[str, str]) -> dict[str, str]:
    """What is said of each rule in this state."""
    found = dict.fromkeys(RULES, line["said"])
    if line["but"]:
        names, _, other = line["but"].partition(": ")
        found |= dict.fromkeys(GROUPS.get(names, {names}), other)
    return found
