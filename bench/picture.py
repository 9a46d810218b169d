"""docs/pictures/bench.png: bars of the ways, and the daily run by number of clients."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench import ga4_year

# an opaque card: legible on a light page and on a dark one
BACKGROUND, TEXT, QUIET, OURS, THEIRS = "#ffffff", "#1f2933", "#52606d", "#0b6e99", "#a9b4c0"
WIDTH, NAMES = 520, 300  # of the bars and of what stands before them, in pixels


def draw(figures: Mapping[str, Any], to: Path) -> None:
    """One chart below the other, of the parts that were measured."""
    import vl_convert

    charts = list(_charts(figures))
    if charts:
        text = {"labelColor": TEXT, "titleColor": TEXT, "labelFontSize": 13, "titleFontSize": 13, "labelLimit": 330}
        chart = {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "background": BACKGROUND,
            "padding": 20,
            "spacing": 36,
            "vconcat": charts,
            "config": {"axis": {**text, "grid": False}, "view": {"stroke": None}, "legend": {"disable": True}},
        }
        to.write_bytes(vl_convert.vegalite_to_png(chart, scale=2))


def _charts(figures: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if "a" in figures:
        took = ga4_year.seconds(figures["a"])
        yield _bars(
            "A year of one GA4 property: 73,000 rows",
            "seconds from the request to rows in Postgres; less is better",
            {
                "leanest possible: keeps nothing else": (took["leanest"], False),
                "this product: archived, staged, published": (took["product"], True),
                "official client's rows, pandas to_sql": (took["row_objects"], False),
            },
            ".1f",
        )
    if "b" in figures:
        yield _bars(
            "24 months of a VK community: 3,000 posts",
            "HTTP requests; VK allows 3 per second",
            {
                "this product: packed into execute": (figures["b"]["fetch"]["received"], True),
                "one call per page and day": (figures["b"]["call_by_call"]["received"], False),
            },
            "d",
        )
    if "c" in figures:
        runs = figures["c"]["runs"]
        yield _bars(
            "A daily run, GA4 and VK of every client",
            "seconds under Airflow with 4 slots; each answer 50 ms late",
            {f"{run['clients']} clients": (run["seconds"], True) for run in runs},
            ".0f",
        )


def _bars(title: str, subtitle: str, bars: Mapping[str, tuple[float, bool]], form: str) -> dict[str, Any]:
    values = [{"name": name, "value": value, "is_ours": is_ours} for name, (value, is_ours) in bars.items()]
    x = {"field": "value", "type": "quantitative", "axis": None}
    names = {"title": None, "ticks": False, "domain": False, "labelPadding": 8, "minExtent": NAMES}
    y = {"field": "name", "type": "nominal", "sort": None, "axis": names}
    colour = {"condition": {"test": "datum.is_ours", "value": OURS}, "value": THEIRS}
    label = {"type": "text", "align": "left", "dx": 6, "fontSize": 13, "fontWeight": "bold", "color": TEXT}
    return {
        "title": {
            "text": title,
            "subtitle": subtitle,
            "anchor": "start",
            "offset": 12,
            "color": TEXT,
            "fontSize": 16,
            "subtitleColor": QUIET,
            "subtitleFontSize": 13,
            "subtitlePadding": 4,
        },
        "data": {"values": values},
        "width": WIDTH,
        "height": {"step": 32},
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "bar", "height": 20}, "encoding": {"color": colour}},
            {"mark": label, "encoding": {"text": {"field": "value", "type": "quantitative", "format": form}}},
        ],
    }
