"""Preflight: what can be known of a history before anything of it is loaded.

Each network of each client is asked a few questions: is the service reached, may it be read, how far back it goes, what
loading it will cost. The ledger gets a line for each source that cannot be loaded, so that `plan` leaves it out and
`outcome` names it.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import ceil

from smm.clients import Client
from smm.loading import access, fetch, ledger
from smm.loading.ledger import Slot
from smm.sources import BadInput, Refused, named
from smm.sources.survey import Survey
from smm.warehouse import Connection

log = logging.getLogger(__name__)

READY, UNANSWERED, LEFT_OUT = "ready", "unanswered", "left out"
HEAD = ("client", "network", "", "requests", "tokens", "minutes", "asked for", "history", "the service has")
NUMBERS = ("requests", "tokens", "minutes", "archived loads")  # set to the right


@dataclass(frozen=True)
class Surveyed:
    """One network of a client: its survey, or why there is none."""

    slots: Sequence[Slot]
    survey: Survey | None = None
    state: str = READY
    reason: str | None = None

    @property
    def client(self) -> str:
        return self.slots[0]["client"]

    @property
    def network(self) -> str:
        return self.slots[0]["network"]

    @property
    def first_day(self) -> str:
        return min(slot["first_day"] for slot in self.slots)

    @property
    def last_day(self) -> str:
        return max(slot["last_day"] for slot in self.slots)


def survey(warehouse: Connection, run_id: str, found: Mapping[str, Client], slots: Iterable[Slot]) -> None:
    """Survey every network of these slots, one after another; log it; refuse in the ledger what cannot work."""
    findings = [_surveyed(found[of_network[0]["client"]], of_network) for of_network in _by_network(slots)]
    for finding in findings:
        if finding.state == LEFT_OUT:
            source = finding.slots[0]["source"]
            ledger.refuse(warehouse, run_id, source, finding.client, str(finding.reason), finding.network)
    warehouse.commit()
    for line in told(findings):
        log.info("%s", line)


def list_archived(slots: Iterable[Slot]) -> None:
    """Log which loads will be read from the archive."""
    for line in told_archived(slots):
        log.info("%s", line)


def _by_network(slots: Iterable[Slot]) -> list[list[Slot]]:
    def network(slot: Slot) -> tuple[str, str]:
        return slot["client"], slot["network"]

    return [list(group) for _, group in groupby(sorted(slots, key=network), key=network)]


def _surveyed(client: Client, slots: Sequence[Slot]) -> Surveyed:
    jobs = [fetch.job(client, slot) for slot in slots]
    try:
        with access.opened(jobs[0].options.get("connection")) as given:
            return Surveyed(slots, named(slots[0]["source"]).survey(jobs, given))
    except (Refused, BadInput) as error:
        return Surveyed(slots, None, LEFT_OUT, str(error))
    except Exception as error:  # noqa: BLE001  (whatever it is, it is this network's alone; loading it may work)
        return Surveyed(slots, None, UNANSWERED, fetch.explained(error)[0])


def told(findings: Sequence[Surveyed]) -> list[str]:
    """The findings as a table, with what they cost together, and below it what is to be known or done."""
    done = [finding.survey for finding in findings if finding.survey]
    requests, seconds = sum(each.requests for each in done), sum(each.seconds for each in done)
    lines = _aligned([HEAD, *map(_row, findings)])
    lines.append(f"together about {requests:,} request(s), and {_minutes(seconds)} minutes if nothing runs in parallel")
    for finding in findings:
        who = f"{finding.client} {finding.network}"
        if finding.reason:
            lines.append(f"{who} is {finding.state}: {finding.reason}")
        lines += [f"{who}: {advice}" for advice in _advice(finding)]
    return lines


def told_archived(slots: Iterable[Slot]) -> list[str]:
    """The loads that will be read from the archive, as a table."""
    found = [Surveyed(each) for each in _by_network(slots)]
    rows = [(each.client, each.network, f"{len(each.slots):,}", _span(each)) for each in found]
    return _aligned([("client", "network", "archived loads", "days"), *rows])


def _row(finding: Surveyed) -> tuple[str, ...]:
    begin = (finding.client, finding.network, finding.state)
    found = finding.survey
    if found is None:
        return (*begin, "-", "-", "-", _span(finding), "-", "-")
    history = f"{_month(found.first_month)}..{_month(found.last_month)}" if found.first_month else "empty"
    tokens = "-" if found.tokens is None else f"{found.tokens:,} of {_number(found.tokens_left)}"
    return (*begin, f"{found.requests:,}", tokens, _minutes(found.seconds), _span(finding), history, found.found)


def _advice(finding: Surveyed) -> list[str]:
    if finding.survey is None:
        return []
    advice = list(finding.survey.advice)
    first, asked_for = finding.survey.first_month, date.fromisoformat(finding.first_day).replace(day=1)
    if first and first > asked_for:
        empty = 12 * (first.year - asked_for.year) + first.month - asked_for.month
        advice.append(f"the history begins in {_month(first)}: {empty} of the requested months are empty")
    return advice


def _span(finding: Surveyed) -> str:
    return f"{finding.first_day}..{finding.last_day}"


def _number(count: int | None) -> str:
    return "?" if count is None else f"{count:,}"


def _month(month: date | None) -> str:
    return f"{month:%Y-%m}" if month else ""


def _minutes(seconds: float) -> str:
    return f"{ceil(seconds / 6) / 10:,.1f}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Heads and rows as lines with columns of even width."""
    ways = [">" if head in NUMBERS else "<" for head in rows[0]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = [[f"{cell:{way}{width}}" for cell, way, width in zip(row, ways, widths, strict=True)] for row in rows]
    return ["  ".join(cells).rstrip() for cells in padded]
