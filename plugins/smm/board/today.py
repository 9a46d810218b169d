"""What waits for a person today, of all clients: the first line of the overview."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from smm.board.speech import counted, speech
from smm.files import periods
from smm.warehouse import Connection, run


@dataclass(frozen=True)
class Need:
    """Something that waits for a person: in words, and where on the board it is dealt with."""

    words: str
    place: str  # below the board's address
    tone: str = "risk"  # as pages colour it: bad, risk, or "" for what is only not known
    shape: str = "▲"


def needs(warehouse: Connection, month: date, broken: Collection[str], new: Collection[str], wrong: int) -> list[Need]:
    """The most urgent first; one query.

    ``month`` is the running one. ``broken`` are clients whose files are refused, ``new`` those that nothing was loaded
    for yet, ``wrong`` the mistakes in files that belong to no client.
    """
    asked = {"month": month, "before": periods.month_after(month, -1)}
    (found,) = run(warehouse, "board/today.sql", asked)
    return [*_of_targets(found, asked["before"]), *_of_letters(found), *_of_files(broken, new, wrong), *_of_data(found)]


def _of_targets(found: dict[str, int], before: date) -> Iterator[Need]:
    if count := found["certain_miss"]:
        yield Need(f"{counted(count, 'target')} can no longer be met", "/?show=danger", "bad", "✕")
    if count := found["at_risk"]:
        yield Need(f"{counted(count, 'target')} at risk", "/?show=danger")
    if count := found["missed"]:
        yield Need(f"{counted(count, 'target')} missed in {speech().month(before)}", "/?show=missed", "bad", "✕")


def _of_letters(found: dict[str, int]) -> Iterator[Need]:
    if count := found["drafts"]:
        waits = "waits" if count == 1 else "wait"
        yield Need(f"{counted(count, 'letter')} {waits} for you", "/letters?state=draft", shape="◔")
    if count := found["held"]:
        yield Need(f"{counted(count, 'letter')} held", "/letters?state=held", "bad", "✕")


def _of_files(broken: Collection[str], new: Collection[str], wrong: int) -> Iterator[Need]:
    """A single client's is on its own page, the others are listed below on the overview."""
    if broken:
        owners = "1 client's file is" if len(broken) == 1 else f"{len(broken)} clients' files are"
        yield Need(f"{owners} wrong", _of_clients(broken, "/#broken"), "bad", "✕")
    if wrong:
        yield Need(f"{counted(wrong, 'mistake')} in shared files", "/#mistakes", "bad", "✕")
    if new:
        yield Need(f"{counted(len(new), 'client')} not loaded yet", _of_clients(new, "/#new"))


def _of_data(found: dict[str, int]) -> Iterator[Need]:
    if count := found["failing"]:
        yield Need(f"{counted(count, 'source')} failed to load", "/data?show=failing", "bad", "✕")
    if count := found["not_known"]:
        yield Need(f"{counted(count, 'result')} not known or not certain", "/?show=unknown", "", "?")


def _of_clients(clients: Collection[str], listed: str) -> str:
    return f"/clients/{quote(next(iter(clients)), safe='')}" if len(clients) == 1 else listed
