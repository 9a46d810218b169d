"""The chart of a target: its months as bars over their plans, as PNG and SVG for letters; include/charts draws it."""

import hashlib
import json
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from babel.numbers import get_currency_symbol

from smm.files.agency import Agency
from smm.files.unchanged import while_unchanged
from smm.letters.content import Event, Judged, Outlook, Past
from smm.letters.lines import Teller
from smm.letters.outlooks import forecast
from smm.letters.scale import cut, round_numbers
from smm.letters.words import digits
from smm.project import INCLUDE

TEMPLATE = INCLUDE / "charts" / "months.vl.json"
LAST = 12  # the position of the letter's month
NAMED_EVERY = 3  # months; the names of all of them would be too small to read on a phone
HEADROOM = 0.18  # above the scale, for a line of words: the plan's name; what happened takes two
WIDTH = 600  # pixels, when shown
LETTER = 11  # pixels that one of the scale takes, at most
VEGA_LITE = "5.21"  # which of those that vl-convert has


@dataclass(frozen=True)
class Picture:
    cid: str  # its Content-ID, without the brackets
    png: bytes  # or a JPEG, if `kind` says so
    alt: str
    kind: Literal["png", "jpeg"] = "png"
    svg: str = ""  # the same as vectors, of a chart


Draw = Callable[[Judged, Iterable[Event], Teller, Agency], Picture]


def picture(target: Judged, events: Iterable[Event], teller: Teller, agency: Agency) -> Picture:
    """The target's chart, 600 pixels wide when shown, twice as many in the file."""
    svg, png = _drawn(json.dumps(definition(target, events, teller, agency, target.outlook), sort_keys=True))
    return inline(png, alternative(target, teller), svg=svg)


def undrawn(target: Judged, events: Iterable[Event], teller: Teller, agency: Agency) -> Picture:
    """The target's chart as it will be drawn, in place of the drawing: for a letter that nobody looks at yet."""
    drawing = definition(target, events, teller, agency, target.outlook)
    return inline(json.dumps(drawing).encode(), alternative(target, teller))


def inline(png: bytes, alt: str, kind: Literal["png", "jpeg"] = "png", svg: str = "") -> Picture:
    """A picture to be placed in a letter; of another one, no mail client takes it for the same."""
    return Picture(f"{hashlib.sha256(png).hexdigest()[:24]}@smm", png, alt, kind, svg)


def is_worth_drawing(target: Judged) -> bool:
    return sum(past.value is not None for past in target.history) > 1


def alternative(target: Judged, teller: Teller) -> str:
    """What the picture shows, in words, with all its numbers."""
    say = teller.words.say
    months = (
        say("chart.month", month=teller.words.short_month(past.month), number=_number(past, target, teller))
        for past in target.history
    )
    label = f"{teller.title(target)}, {teller.words.network(target.network)}"
    told = say("chart.alt", label=label, months="; ".join(months))
    plan = teller.line(target).asked
    stated = f"{say('chart.plan', plan=plan)}." if plan else ""
    return " ".join(filter(None, (told, stated, forecast(target, teller))))


def definition(
    target: Judged, events: Iterable[Event], teller: Teller, agency: Agency, outlook: Outlook | None = None
) -> dict[str, Any]:
    """The chart as Vega-Lite, for PNG and SVG; with ``outlook``, how the last month is expected to end."""
    history = dict(enumerate(target.history, LAST + 1 - len(target.history)))
    bounds = [(place, bound) for place, past in history.items() for bound in (past.low, past.high) if bound is not None]
    known = {place: past.value for place, past in history.items() if past.value is not None}
    expected = _expected(outlook)
    others = [*(bound for _, bound in bounds), *expected.values()]
    before = {place: value for place, value in known.items() if place != LAST}
    seen = cut(before, [*others, *(known[place] for place in known.keys() - before)], target.unit)
    ticks = round_numbers([*(known | seen).values(), *others], target.unit)
    edges = {place: ticks[-1] if value > 0 else ticks[0] for place, value in seen.items()}
    shown = digits(target.unit, *ticks)
    numbers = [_plain(teller.words.amount(tick, target.unit, teller.currency, shown), teller) for tick in ticks]
    happened = _happened(target, events, history)
    is_planned = any(place == LAST for place, _ in bounds)
    plan = _plain(teller.words.say("chart.plan", plan=teller.asked(target)), teller)
    names = _names(history, teller, is_running=bool(expected))
    left = LETTER * max(map(len, numbers)) + 12
    lines = (3 if happened else is_planned or "value" in expected) + (1.4 if edges else 0)
    params = {
        "named": sorted(names),
        "names": [names.get(place, "") for place in range(LAST + 1)],
        "ticks": [float(tick) for tick in ticks],
        "numbers": numbers,
        "least": float(ticks[0]),
        "most": float(ticks[-1]) + HEADROOM * lines * float(ticks[-1] - ticks[0]),
        "accent": agency.colour,
    }
    datasets = {
        "known": [
            {
                "position": place,
                "value": float(edges.get(place, value)),
                "is_told": place == LAST,
                "is_open": history[place].is_provisional or history[place].marks is not None,
            }
            for place, value in known.items()
        ],
        "cut": [
            {
                "position": place,
                "value": float(edge),
                "is_low": edge < 0,
                "from": max(float(edge), 0),
                "text": _plain(teller.words.amount(known[place], target.unit, teller.currency, shown), teller),
            }
            for place, edge in edges.items()
        ],
        "missing": [{"position": place} for place, past in history.items() if past.value is None],
        "plans": [{"position": place, "value": float(bound)} for place, bound in bounds],
        "plan": [{"text": plan}] if is_planned else [],
        "events": [{"position": place} for place in sorted({place for place, _ in happened})],
        "event": [{"position": place, "text": event.text} for place, event in happened[:1]],
        "forecast": [{"position": LAST} | {end: float(value) for end, value in expected.items()}] if expected else [],
        "forecast_name": [{"text": teller.words.say("chart.forecast")}] if "value" in expected else [],
    }
    drawing: dict[str, Any] = json.loads(_template())
    return drawing | {
        "width": WIDTH - left - drawing["padding"]["right"],
        "padding": drawing["padding"] | {"left": left},
        "datasets": datasets,
        "params": [{**param, "value": params[param["name"]]} for param in drawing["params"]],
    }


def _happened(target: Judged, events: Iterable[Event], history: Mapping[int, Past]) -> list[tuple[int, Event]]:
    """What touched the target, in each of its months; first what matters most: the newest, of its own network."""
    touched = [
        (place, event)
        for event in events
        if event.network in (None, target.network) or target.network == "all"
        for place, past in history.items()
        if event.first_day.replace(day=1) <= past.month <= event.last_day
    ]
    return sorted(touched, key=lambda found: (found[0], found[1].network is not None, found[1].first_day), reverse=True)


def _expected(outlook: Outlook | None) -> dict[str, Decimal]:
    """The forecast and the two ends of its interval, as far as they are known."""
    if outlook is None:
        return {}
    ends = {"value": outlook.forecast, "low": outlook.low, "high": outlook.high}
    return {end: value for end, value in ends.items() if value is not None}


def _plain(text: str, teller: Teller) -> str:
    """Without a sign such as of the rouble, which few fonts have: all of the text would be drawn in another one."""
    sign = get_currency_symbol(teller.currency, teller.words.language)
    return text if sign.isascii() or sign in "€£" else text.replace(sign, teller.currency)


@while_unchanged(lambda: [TEMPLATE])
def _template() -> str:
    text = TEMPLATE.read_text("utf-8")
    json.loads(text)  # one that is broken while we run does not take the place of the last
    return text


def _number(past: Past, target: Judged, teller: Teller) -> str:
    number = teller.number(target, past)
    if past.value is None:
        return number
    if target.outlook and past.month == teller.month:
        return teller.words.say("chart.so_far", number=number)
    return teller.words.say("chart.open", number=number) if past.is_provisional else number


def _names(history: dict[int, Past], teller: Teller, *, is_running: bool) -> dict[int, list[str]]:
    """What stands under some positions: the month; below it the year where it is another, or that it is not final."""
    names: dict[int, list[str]] = {}
    year = None
    for place in range(LAST % NAMED_EVERY, LAST + 1, NAMED_EVERY):
        past = history.get(place)
        if past is None:
            continue
        below = "" if past.month.year == year else str(past.month.year)
        if place == LAST and past.is_provisional:
            below = teller.words.say("chart.running" if is_running else "chart.settling")
        names[place] = [teller.words.short_month(past.month, year=False), below]
        year = past.month.year
    return names


@lru_cache(maxsize=8)  # the readers of a letter get the same pictures
def _drawn(drawing: str) -> tuple[str, bytes]:
    """As SVG, and as PNG: which is made of the SVG, because at once it would cost a third more."""
    import vl_convert  # a browser's engine: 0.2 s of imports, so not at the top

    svg = str(vl_convert.vegalite_to_svg(drawing, vl_version=VEGA_LITE))
    return svg, _packed(vl_convert.svg_to_png(svg, scale=2))


def _packed(png: bytes) -> bytes:
    """The same picture in less than half of the bytes: vl-convert's are packed in haste."""
    head, packed, place = png[:8], b"", 8
    chunks: list[tuple[bytes, bytes]] = []
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kind, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        if kind == b"IDAT":
            packed += body
        else:
            chunks.append((kind, body))
        place += length + 12
    chunks.insert(-1, (b"IDAT", zlib.compress(zlib.decompress(packed), 3)))  # before the end
    return head + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
