"""A letter's content to write tests with: every part stands in for a real one, and each may be put otherwise."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from smm import catalogue
from smm.letters.content import Content, Judged

OCTOBER = date(2025, 10, 1)
DAY_4 = datetime(2025, 11, 4, 6, tzinfo=UTC)  # 9 o'clock in Moscow


def judged(name: str = "vk.reach", verdict: str = "missed", value: Any = 11873, **parts: Any) -> Judged:
    """A target on ``network.kpi``, of at least 14250 unless ``low`` or ``high`` says otherwise."""
    network, _, kpi = name.partition(".")
    entry = catalogue.read().kpis[kpi]
    if not {"low", "high"} & parts.keys():
        parts["low"] = 14250
    low, high = (None if parts.get(name) is None else Decimal(str(parts[name])) for name in ("low", "high"))
    number = None if value is None else Decimal(str(value))
    stands = {
        "client": "yarko",
        "network": network,
        "kpi": kpi,
        "title": entry.title,
        "meaning": entry.meaning,
        "unit": entry.unit,
        "verdict": verdict,
        "reason": None,
        "rule": "at_least",
        "is_main": False,
        "due_from": date(2025, 1, 1),
        "target": high if low is None or (high is not None and number is not None and number > high) else low,
        "base": None,
        "growth": None,
        "over": None,
        "sources": ("vk",),
    }
    own = parts.get("client", "yarko")
    earlier = {name: _number(own, parts.pop(name, "source_missing")) for name in ("before", "year_ago")}
    return Judged.model_validate({**stands, **parts, **earlier, "low": low, "high": high, "value": number})


def _number(client: str, given: Any) -> dict[str, Any]:
    """A number of the client: its value, why there is none, or all of it."""
    if isinstance(given, dict):
        return given
    return (
        {"client": client, "value": None, "reason": given}
        if isinstance(given, str)
        else {"client": client, "value": given}
    )


def content(*targets: Judged, **parts: Any) -> Content:
    stands = {
        "client": "yarko",
        "kind": "missed",
        "month": OCTOBER,
        "name": "Yarko",
        "language": "en",
        "time_zone": "Europe/Moscow",
        "currency": "RUB",
        "manager": "anna@agency.example",
        "target_version": 3,
        "is_final": False,
        "as_of": DAY_4,
        "targets": targets or (judged(),),
        "events": (),
        "costs": (),
    }
    return Content.model_validate(stands | parts)
