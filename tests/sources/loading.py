"""A job, a connection, and loading as the fetch task does it: answer by answer."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from smm import facts
from smm.sources import Access, Answer, Health, Identity, Job, Known, Rows, Source

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings"


@dataclass
class Connection:
    """The attributes of Airflow's connection that sources read."""

    host: str | None = None
    port: int | None = None
    login: str | None = None
    password: str | None = None
    extra_dejson: dict[str, Any] = field(default_factory=dict)


@dataclass
class Loaded:
    """What came of a load: rows by relation, days by report, facts, whose they are. ``named``: rows by column, too."""

    answers: list[Answer] = field(default_factory=list)
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    named: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    known: list[Known] = field(default_factory=list)
    health: dict[str, Any] = field(default_factory=dict)
    identity: dict[str, str] = field(default_factory=dict)

    def take(self, parts: Iterable[Rows | Known | Health | Identity]) -> None:
        for part in parts:
            match part:
                case Rows():
                    self._take_rows(part)
                case Known():
                    self.known.append(part)
                case Health():
                    self.health |= json.loads(json.dumps(part.facts))
                case Identity():
                    self.identity |= part.facts

    def _take_rows(self, part: Rows) -> None:
        rows, whole = [tuple(row) for row in part.rows], facts.COLUMNS[part.relation]
        columns = part.columns or whole
        assert set(columns) <= set(whole)
        self.rows.setdefault(part.relation, []).extend(rows)
        self.named.setdefault(part.relation, []).extend(dict(zip(columns, row, strict=True)) for row in rows)

    def counted(self, report: str) -> dict[tuple[str, str, Any, Any], dict[str, Any]]:
        """Of a report's rows of `counts`: by network, grain, period and its last day, the value of each measure."""
        found: dict[tuple[str, str, Any, Any], dict[str, Any]] = {}
        for row in self.named.get("counts", []):
            if row["report"] == report:
                values = found.setdefault((row["network"], row["grain"], row["period"], row["through_day"]), {})
                assert row["measure"] not in values
                values[row["measure"]] = row["value"]
        return found

    def known_of(self, report: str) -> list[Known]:
        return [known for known in self.known if known.report == report]


def job(**values: Any) -> Job:
    """Three days of March 2024 of a client in Moscow."""
    plain: dict[str, Any] = {
        "client": "yarko",
        "network": "vk",
        "options": {"property": 310123456, "community": 101},
        "time_zone": "Europe/Moscow",
        "currency": "RUB",
        "first_day": date(2024, 3, 9),
        "last_day": date(2024, 3, 11),
        "language": "ru",
    }
    return Job(**plain | values)


def in_no_hurry(seconds: float) -> None:
    """A far end on this machine is not busy for long."""


def load(source: Source, work: Job, connection: Connection | None = None) -> Loaded:
    """Ask, and read each answer by itself; then read the archive as a whole, which must come to the same."""
    loaded = Loaded()
    for answer in source.ask(work, Access(connection, sleep=in_no_hurry)):
        json.dumps([answer.request, answer.context])
        loaded.answers.append(answer)
        loaded.take(source.read(work, [answer]))
    archive = Loaded(loaded.answers)
    archive.take(source.read(work, iter(loaded.answers)))
    assert archive == loaded
    return loaded


def holds_no_secret(error: BaseException) -> None:
    """No token in an error, nor in what it remembers."""
    remembered: BaseException | None = error
    while remembered is not None:
        assert "SECRET" not in f"{remembered} {remembered!r} {remembered.args} {vars(remembered)}"
        remembered = remembered.__cause__ or remembered.__context__
