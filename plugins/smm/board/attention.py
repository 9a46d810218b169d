"""What is missing, late or wrong at a client, each with the one thing to do about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from smm import catalogue
from smm.board import load
from smm.board.series import Row, Shown
from smm.board.speech import counted, speech
from smm.board.standing import Standing
from smm.files import periods
from smm.loading.plan import SETTLES
from smm.sources import NAMES, givers, named

LATEST = timedelta(days=2)  # yesterday may still be on its way
KINDS = {"wrong": ("✕", "bad"), "late": ("▲", "risk"), "missing": ("?", ""), "waiting": ("◔", "risk")}  # shape, colour

BACKFILL = "#backfill"  # the form on the client's page

# What to do about a number that is not known, or not certain; about other reasons there is nothing to do but to wait.
REMEDIES = {
    "source_missing": ("Backfill the missing days", BACKFILL),
    "incomplete": ("See which days are missing", "{here}/data#days"),
    "no_access": ("See the account, and ask its owner for access", "{here}/data#sources"),
    "no_base": ("Backfill the earlier months", BACKFILL),
    "base_not_proven": ("Backfill the earlier months", BACKFILL),
}


ENTER = ("Enter the numbers in the client's figures", "{here}/data#sources")  # where no service has them


@dataclass(frozen=True)
class Trouble:
    """One thing that is not in order, and what to do about it.

    ``place`` is where that is done, on the page (#...) or below the board's address; "" = whoever reads it cannot.
    """

    kind: str  # of KINDS
    words: str
    remedy: str
    place: str
    is_outside: bool = False  # the place is Airflow's

    @property
    def shape(self) -> str:
        return KINDS[self.kind][0]

    @property
    def tone(self) -> str:
        return KINDS[self.kind][1]


def troubles(
    about: Shown,
    sources: Iterable[Row],
    judged: Mapping[date, Sequence[Standing]],
    targets: Iterable[Row],
    letters: Iterable[Row],
    mistakes: int,
    instead: tuple[str, str] | None,
) -> list[Trouble]:
    """The worst first. ``targets`` are those of the newest version, ``letters`` those about the client.

    ``instead`` is (remedy, place) where the page has no form for a backfill.
    """
    here = f"/clients/{quote(about.client['client'], safe='')}"
    found = [
        *_of_files(mistakes),
        *_of_sources(about, sources, here),
        *_of_letters(letters, here),
        *_of_plans(about, targets),
        *_of_numbers(judged, here),
    ]
    if instead:
        remedy, place = instead
        found = [replace(one, remedy=remedy, place=place) if one.place == BACKFILL else one for one in found]
    return sorted(found, key=lambda each: [*KINDS].index(each.kind))


def _of_files(mistakes: int) -> Iterator[Trouble]:
    if mistakes:
        yield Trouble("wrong", f"{counted(mistakes, 'mistake')} in the client's files", "Fix these lines", "#mistakes")


def _of_sources(about: Shown, sources: Iterable[Row], here: str) -> Iterator[Trouble]:
    for one in sources:
        log = load.log(one["run_id"], one["state"], is_planned=one["first_day"] is not None) if one["run_id"] else None
        if one["state"] in ("failed", "rejected"):
            why = f": {one['reason']}" if one["reason"] else ""
            text = f"{one['network']}: the newest load {'failed' if one['state'] == 'failed' else 'was rejected'}{why}"
            yield Trouble("wrong", text, "Open its log", log or BACKFILL, is_outside=log is not None)
        elif one["state"] == "waiting":
            text = f"{one['network']}: the service's quota is spent: {one['reason']}"
            yield Trouble("waiting", text, "Nothing: the next run loads the same days", f"{here}/data")
        elif one["state"] in load.OPEN:
            continue
        elif one["last_day"] is None:
            yield Trouble("missing", f"{one['network']}: no data yet", "Backfill it", BACKFILL)
        elif _has_days(one["source"]) and one["last_day"] < _awaited(about):
            text = f"{one['network']}: the newest day is {speech().day(one['last_day'])}"
            dag = f"/dags/ingest_{one['source']}"
            yield Trouble("late", text, f"See why ingest_{one['source']} does not load", dag, is_outside=True)


def _has_days(source: str) -> bool:
    return source not in NAMES or named(source).has_days


def _awaited(about: Shown) -> date:
    """The newest day that should be there: yesterday may be on its way, and a client that has ended has a last one."""
    day, ended = about.today - LATEST, about.client["ended"]
    return min(day, periods.end("month", ended) + SETTLES) if ended else day


def _of_letters(letters: Iterable[Row], here: str) -> Iterator[Trouble]:
    for letter in letters:
        place = f"{here}/letters/{letter['letter_id']}"
        if letter["state"] == "held":
            why = f": {letter['reason']}" if letter["reason"] else ""
            yield Trouble("wrong", f"The letter “{letter['subject']}” is held{why}", "Decide on it", place)
        elif letter["state"] == "draft":
            yield Trouble("waiting", f"The letter “{letter['subject']}” waits for you", "Read and release it", place)


def _of_plans(about: Shown, targets: Iterable[Row]) -> Iterator[Trouble]:
    """Planned targets that no plan covers in the running month, of a client that is worked for."""
    month, client = about.today.replace(day=1), about.client
    if (client["ended"] and client["ended"] < about.today) or month < client["started"]:
        return
    bare = [row for row in targets if row["rule"] == "plan" and not _is_planned(row, month)]
    if bare:
        text = f"No plan for {speech().month(month)}: {_listed(bare)}"
        yield Trouble("missing", text, "Add it to the client's file or its table of plans", "#versions")


def _is_planned(row: Row, month: date) -> bool:
    end = periods.end("month", month)
    spans = zip(row["months"] or [], row["first_days"] or [], row["last_days"] or [], strict=True)
    return any(planned == month or (first and first <= end and last >= month) for planned, first, last in spans)


def _of_numbers(judged: Mapping[date, Sequence[Standing]], here: str) -> Iterator[Trouble]:
    """Targets of a month that cannot be judged for the same reason are named together."""
    for month, standings in judged.items():
        unclear: dict[tuple[str, bool], list[dict[str, Any]]] = {}
        for one in standings:
            target = one.target
            if target.verdict in ("not_measured", "not_proven") and target.reason in REMEDIES:
                how = target.reason, target.reason == "source_missing" and _is_listed(target.kpi)
                unclear.setdefault(how, []).append({"title": one.title, "network": target.network})
        for (reason, is_listed), each in unclear.items():
            remedy, place = ENTER if is_listed else REMEDIES[reason]
            text = f"{_listed(each)} in {speech().month(month)}: {speech().say(f'reasons.{reason}')}"
            yield Trouble("missing", text, remedy, place.format(here=here))


def _is_listed(kpi: str) -> bool:
    """Whether all that it is made of comes from the client's own lists: no service has it."""
    known = catalogue.read()
    measures = [term.measure for term in known.terms.get(kpi, ())]
    return all(source.is_whole for name in measures for source in givers.counted_by(known.measures, name))


def _listed(targets: Iterable[Mapping[str, Any]]) -> str:
    return "; ".join(f"{one['title']}, {speech().network(one['network'])}" for one in targets)
