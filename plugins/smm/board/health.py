"""What a service said beside its numbers (core.load.health), in words.

The warehouse may know a source that this version has no longer: it has its own name, and no quotas.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from smm.sources import NAMES, RESERVE, Quota, named


def flags(source: str, health: Mapping[str, Any]) -> list[str]:
    """Whatever makes the numbers less than they seem: nothing, if the service answered all that was asked."""
    who = named(source).title if source in NAMES else source
    told: dict[str, list[str]] = {}  # the same of several reports is told once
    for text, about in _flags(who, health):
        told.setdefault(text, []).append(about)
    return [f"{text} ({', '.join(sorted(set(abouts)))})" if any(abouts) else text for text, abouts in told.items()]


def _flags(who: str, health: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each with the report that it was said of; "" = of all."""
    if mismatch := health.get("zone_mismatch"):
        yield str(mismatch), ""
    if hidden := health.get("hidden_metrics"):
        yield f"{who} hides {', '.join(hidden)} from the account", ""
    if unread := health.get("comments_unread"):
        yield f"the comments of {unread['posts']} posts were not read: {unread['reason']}", "own_comments"
    for key, said in sorted(health.items()):
        kind, _, report = key.partition(".")
        match kind:
            case "unanswered":
                yield f"{who} did not answer: {said}", report
            case "doubts" | "odd":
                yield from ((str(doubt), report) for doubt in said)
            case "without":
                yield f"{who} does not give {', '.join(said)}", report
            case "empty":
                yield f"{who} has nothing to tell: {said}", report


def quotas(source: str) -> Mapping[str, Quota]:
    """All that its service counts."""
    return named(source).quotas if source in NAMES else {}


def has_identity(source: str) -> bool:
    """Whether its numbers are numbers of something, such as a property; those of a client's own file are of nothing."""
    return source not in NAMES or named(source).identity is not None


def quota(source: str, left: Mapping[str, int] | None) -> list[dict[str, Any]]:
    """What is left of each quota, most used first, with whether it is ``scarce``: then what can wait does."""
    found = [
        {"what": one.what, "left": left[name], "most": one.most, "scarce": left[name] < RESERVE * one.most}
        for name, one in quotas(source).items()
        if left and name in left
    ]
    return sorted(found, key=lambda one: one["left"] / one["most"])
