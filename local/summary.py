"""What a demo has come to, read from the warehouse and the mailbox."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isclose
from pathlib import Path
from typing import NamedTuple

import psycopg

from local import invited, ports
from local.airflow import LOGIN, archive
from local.stack import Stack
from sandbox.replay import Replay
from sandbox.world import World

SHOWN_DIFFERENCES = 10

Cell = tuple[str, str, str]
"""(client, network, kpi) of the month."""


class Judged(NamedTuple):
    client: str
    network: str
    kpi: str
    rule: str
    target: float | None
    value: float | None
    verdict: str
    ceiling: float | None = None  # of a band, whose floor is the target
    reason: str | None = None

    @property
    def asked(self) -> str:
        return shown(self.target) + (f" – {shown(self.ceiling)}" if self.ceiling is not None else "")

    @property
    def said(self) -> str:
        return self.verdict + (f" ({self.reason})" if self.reason else "")


class Difference(NamedTuple):
    client: str
    network: str
    kpi: str
    computed: float | None
    true: float | None


@dataclass(frozen=True)
class Summary:
    month: date
    judged: list[Judged]
    known: int | None  # KPIs of the month whose truth the seeded world knows; None = a replay knows none
    differences: list[Difference]
    letters: list[Path]
    drafts: list[tuple[str, str]] = field(default_factory=list)  # letters that wait for their managers: client, subject

    @property
    def is_whole(self) -> bool:
        """Whether months were judged and, in the seeded world, every KPI is true and somebody got a letter."""
        if self.known is None:
            return bool(self.judged)
        return bool(self.judged and self.known and self.letters) and not self.differences

    def text(self, stack: Stack, *, once: bool) -> str:
        lines = ["", f"{self.month:%B %Y}"]
        lines += table(
            [("client", "network", "KPI", "rule", "target", "value", "verdict")]
            + [(*row[:4], row.asked, shown(row.value), row.said) for row in self.judged]
        )
        if self.known is not None:
            lines += ["", f"KPIs equal to the world's truth: {self.known - len(self.differences)} of {self.known}"]
            for row in self.differences[:SHOWN_DIFFERENCES]:
                of = f"{row.client} {row.network}.{row.kpi}"
                lines.append(f"  {of}: {shown(row.computed)} instead of {shown(row.true)}")
        lines += ["", f"letters: {len(self.letters)}", *(f"  {letter}" for letter in self.letters)]
        if self.drafts:
            lines += ["", "waiting for the manager's approval, on the board:"]
            lines += [f"  {client}: {subject}" for client, subject in self.drafts]
        addresses = {} if once else _servers(stack)  # they end with the summary
        addresses |= {
            "clients": f"{invited.place(stack.folder)}  a copy under another name is another client, which stays",
            "archive": archive(stack.folder),
            "logs": f"{stack.folder / 'logs'}",
        }
        lines += ["", *(f"{name:<10} {where}" for name, where in addresses.items())]
        end = "it ends here" if once else "it stays up until Ctrl-C"
        return "\n".join([*lines, "", f"{stack.progress.seconds:.0f} s in all; {end}"])


def _servers(stack: Stack) -> dict[str, str]:
    return {
        "board": f"{stack.board}  login {LOGIN}, password {stack.keys.login}",
        "Airflow": f"{stack.address}  the same login",
        "mailbox": f"http://{ports.HOST}:{stack.ports['mailbox']}",
        "warehouse": stack.warehouse,
    }


def summarised(stack: Stack, world: World | Replay, sandbox: Path) -> Summary:
    month = world.judged_month
    with psycopg.connect(stack.warehouse) as warehouse:
        verdicts = warehouse.execute(
            "select client, network, kpi, rule, case rule when 'between' then low else target end::float, value::float,"
            " verdict, case rule when 'between' then high end::float, reason from marts.verdict"
            " where month = %s order by client, network, kpi",
            (month,),
        )
        judged = [Judged(*row) for row in verdicts]
        query = "select client, network, kpi, value::float from marts.kpi_months where period = %s"
        cells = warehouse.execute(query, (month,))
        computed: dict[Cell, float | None] = {(client, network, kpi): value for client, network, kpi, value in cells}
        waiting = warehouse.execute("select client, subject from marts.letter where state = 'draft' order by 1, 2")
        drafts = [(client, subject) for client, subject in waiting]
    truth: dict[Cell, float | None] = {}
    if isinstance(world, World):
        known = ((client, *row) for client in world.clients for row in world.truth(client, month))
        truth = {(client, network, kpi): value for client, network, kpi, value in known}
    differences = [
        Difference(*cell, computed.get(cell), value)
        for cell, value in truth.items()
        if cell not in computed or not are_equal(computed[cell], value)
    ]
    letters = sorted((sandbox / "mailbox").glob("*.eml"))
    return Summary(month, judged, len(truth) if isinstance(world, World) else None, differences, letters, drafts)


def are_equal(computed: float | None, true: float | None) -> bool:
    if computed is None or true is None:
        return computed is true
    return isclose(computed, true, rel_tol=1e-9)


def shown(number: float | None) -> str:
    if number is None:
        return "-"
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Heads and rows as lines with columns of even width; the two columns before the last are numbers."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    ways = ["<"] * (len(widths) - 3) + [">", ">", "<"]
    padded = [[f"{cell:{way}{width}}" for cell, way, width in zip(row, ways, widths, strict=True)] for row in rows]
    return ["  " + "  ".join(cells).rstrip() for cells in padded]
