"""What is other than was told: the targets whose verdict has changed, and the cause."""

from collections.abc import Iterable

from smm.letters.content import Cause, Change, Content, Judged

AWAITED = ("source_missing", "no_access", "not_final", "incomplete")  # what was not known for want of days


def changes(told: Content, now: Iterable[Judged]) -> tuple[Change, ...]:
    """One change per target whose verdict is another one, in the order of the letter; then those that are gone."""
    was = {(target.network, target.kpi): target for target in told.targets}
    stands = {(target.network, target.kpi): target for target in now}
    found = []
    for key in (*stands, *(key for key in was if key not in stands)):
        before, after = was.get(key), stands.get(key)
        if before is None or after is None or before.verdict != after.verdict:
            found.append(Change(client=told.client, told=before, now=after, cause=_cause(before, after)))
    return tuple(found)


def _cause(told: Judged | None, now: Judged | None) -> Cause:
    if told is None or now is None or _asked(told) != _asked(now):
        return "reworded"
    if told.reason in AWAITED:
        return "arrived"
    return "settled" if (told.value, told.low, told.high) == (now.value, now.low, now.high) else "restated"


def _asked(target: Judged) -> tuple[object, ...]:
    """What the wording asks for; the bounds of a growth move with what it is counted from."""
    stated = (target.low, target.high) if target.rule in ("plan", "at_least", "at_most", "between") else ()
    return (target.rule, target.growth, target.over, target.tolerance or 0, target.due_from, *stated)
