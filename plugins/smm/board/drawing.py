"""A KPI in time as a picture: months as letters draw them, and days; as SVG, in Airflow's light or dark theme."""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, Literal

from smm.board.series import Row, Series, Shown, Span
from smm.board.speech import speech
from smm.files.agency import Agency
from smm.files.unchanged import while_unchanged
from smm.letters.charts import HEADROOM, LETTER, VEGA_LITE, WIDTH, definition
from smm.letters.content import Event, Judged, Outlook, Past
from smm.letters.lines import Teller
from smm.letters.numbers import Number
from smm.letters.scale import round_numbers
from smm.letters.words import digits
from smm.project import INCLUDE

TEMPLATE = INCLUDE / "charts" / "days.vl.json"
SIZE = (WIDTH, 250)  # pixels, as include/charts has it with its padding

KNOWN = (None, "zero_denominator", "not_applicable")  # reasons of a day

Theme = Literal["light", "dark"]

# what stands for the colours of include/charts on a dark page
DARK = {
    "#ffffff": "#111113",
    "#e3e7ec": "#33353c",
    "#1b1f24": "#e8e9ec",
    "#4a5563": "#c4cad3",
    "#aab4c0": "#656d79",
    "#586271": "#a3a8b3",
    "#8a5a00": "#f2c063",
}
ACCENTS = {"light": "#0b6e99", "dark": "#6cc4ee"}


def svg(series: Series, events: Iterable[Row], about: Shown, span: Span, theme: Theme) -> str:
    """The picture. ``events`` are rows of client_events.sql; of ``series``, at least one value must be known."""
    told = [
        Event(client=row["client"], **{name: row[name] for name in ("first_day", "last_day", "network", "text")})
        for row in sorted(events, key=lambda row: (row["first_day"], row["text"]))
    ]
    drawing = _months(series, told, about, theme) if span == "months" else _days(series, told, about)
    if theme == "dark":
        drawing |= {part: _darkened(drawing[part]) for part in ("background", "encoding", "layer", "config")}
    return _drawn(json.dumps(drawing, sort_keys=True))


def _months(series: Series, events: Sequence[Event], about: Shown, theme: Theme) -> dict[str, Any]:
    last, client = series.rows[-1], about.client["client"]
    first = next(place for place, row in enumerate(series.rows) if row["value"] is not None)
    history = tuple(
        Past(
            client=client,
            month=row["period"],
            is_provisional=row["is_open"] or row["is_running"],
            **{name: row[name] for name in ("value", "reason", "low", "high", "spent", "result", "marks")},
        )
        for row in series.rows[first:]
    )
    target = Judged(
        **{name: last[name] for name in ("value", "low", "high", "rule")},
        client=client,
        network=series.network,
        kpi=series.kpi,
        title={"en": series.title},
        meaning={"en": series.meaning},
        unit=series.unit,
        verdict=last["verdict"] or "not_due",
        reason=last["reason"] or last["verdict_reason"] or "source_missing",
        is_main=False,
        due_from=about.month,
        target=None,
        base=None,
        growth=None,
        over=None,
        before=Number(client=client, value=None),
        year_ago=Number(client=client, value=None),
        sources=(),
        history=history,
    )
    foreseen = (last["forecast"], last["forecast_low"], last["forecast_high"])
    outlook = Outlook(
        client=client,
        **dict(zip(("forecast", "low", "high"), foreseen, strict=True)),
        certain_since=None,
        per_day=None,
    )
    teller = Teller(speech(), about.client["currency"], about.month)
    return definition(target, events, teller, Agency(colour=ACCENTS[theme]), outlook)


def _days(series: Series, events: Sequence[Event], about: Shown) -> dict[str, Any]:
    rows = list(enumerate(series.rows))
    ticks = round_numbers(series.known, series.unit)
    shown = digits(series.unit, *ticks)
    numbers = [speech().amount(tick, series.unit, about.client["currency"], shown) for tick in ticks]
    days = [row["period"] for row in series.rows]
    touched = [
        event
        for event in events
        if (event.network in (None, series.network) or series.network == "all")
        and event.first_day <= days[-1]
        and event.last_day >= days[0]
    ]
    named = {place: speech().day(day) for place, day in enumerate(days) if day.day == 1}
    params = {
        "named": list(named),
        "names": list(named.values()),
        "ticks": [float(tick) for tick in ticks],
        "numbers": numbers,
        "least": float(ticks[0]),
        "most": float(ticks[-1]) + HEADROOM * bool(touched) * float(ticks[-1] - ticks[0]),
    }
    texts = dict.fromkeys(event.text for event in touched)
    datasets = {
        "known": [
            {"first": place - 0.36, "last": place + 0.36, "value": float(row["value"]), "is_open": bool(row["notes"])}
            for place, row in rows
            if row["value"] is not None
        ],
        "missing": [
            {"first": gap[0] - 0.4, "last": gap[-1] + 0.4, "middle": (gap[0] + gap[-1]) / 2}
            for gap in _gaps(series.rows)
        ],
        "events": [
            {
                "first": max(-0.5, (event.first_day - days[0]).days - 0.5),
                "last": min(len(days) - 0.5, (event.last_day - days[0]).days + 0.5),
            }
            for event in touched
        ],
        "event": [{"text": " · ".join(texts)}] if touched else [],
    }
    drawing: dict[str, Any] = json.loads(_template())
    left = LETTER * max(map(len, numbers)) + 12
    return drawing | {
        "width": WIDTH - left - drawing["padding"]["right"],
        "padding": drawing["padding"] | {"left": left},
        "datasets": datasets,
        "params": [{**param, "value": params[param["name"]]} for param in drawing["params"]],
    }


def _gaps(rows: Sequence[Row]) -> list[list[int]]:
    """Runs of days that nobody knows. One of which there is nothing to count from, without a post, is no such day."""
    places = groupby(range(len(rows)), lambda place: rows[place]["reason"] not in KNOWN)
    return [list(run) for is_gap, run in places if is_gap]


@while_unchanged(lambda: [TEMPLATE])
def _template() -> str:
    text = TEMPLATE.read_text("utf-8")
    json.loads(text)  # one that is broken while we run does not take the place of the last
    return text


def _darkened(part: Any) -> Any:
    """The same with dark colours. Datasets and params are left alone: what they say is text, even ``#ffffff``."""
    match part:
        case dict():
            return {name: _darkened(value) for name, value in part.items()}
        case list():
            return [_darkened(value) for value in part]
        case str():
            return DARK.get(part, part)
    return part


@lru_cache(maxsize=256)  # a page looked at again
def _drawn(drawing: str) -> str:
    import vl_convert  # a browser's engine: 0.2 s of imports, so not at the top

    return str(vl_convert.vegalite_to_svg(drawing, vl_version=VEGA_LITE))
