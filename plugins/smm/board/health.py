"""What a service said beside its numbers (core.load.health), in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from smm.sources.ga4.quota import RESERVE, STANDARD

QUOTA = {  # of what there may be most
    "tokens_per_project_per_hour": "tokens of this project this hour",
    "tokens_per_hour": "tokens this hour",
    "tokens_per_day": "tokens today",
    "concurrent_requests": "requests at once",
    "server_errors_per_project_per_hour": "server errors this hour",
    "potentially_thresholded_requests_per_hour": "requests about few people this hour",
}


def flags(health: Mapping[str, Any]) -> list[str]:
    """Whatever makes the numbers less than they seem: nothing, if the service answered all that was asked."""
    told: dict[str, list[str]] = {}  # the same of several reports is told once
    for text, about in _flags(health):
        told.setdefault(text, []).append(about)
    return [f"{text} ({', '.join(sorted(set(abouts)))})" if any(abouts) else text for text, abouts in told.items()]


def _flags(health: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each with the report that it was said of; "" = of all."""
    if mismatch := health.get("zone_mismatch"):
        yield str(mismatch), ""
    if hidden := health.get("hidden_metrics"):
        yield f"GA4 hides {', '.join(hidden)} from the account", ""
    if unread := health.get("comments_unread"):
        yield f"the comments of {unread['posts']} posts were not read: {unread['reason']}", "own_comments"
    for key, said in sorted(health.items()):
        kind, _, report = key.partition(".")
        match kind:
            case "unanswered":
                yield f"GA4 did not answer: {said}", report
            case "doubts" | "odd":
                yield from ((str(doubt), report) for doubt in said)
            case "without":
                yield f"GA4 does not give {', '.join(said)}", report
            case "empty":
                yield f"GA4 has nothing to tell: {said}", report


def quota(left: Mapping[str, int] | None) -> list[dict[str, Any]]:
    """What is left of each quota, most used first, with whether it is ``scarce``: then what can wait does."""
    found = [
        {"name": name, "what": what, "left": left[name], "scarce": left[name] < RESERVE * STANDARD.get(name, 0)}
        for name, what in QUOTA.items()
        if left and name in left
    ]
    return sorted(found, key=lambda one: one["left"] / STANDARD.get(one["name"], one["left"] or 1))
