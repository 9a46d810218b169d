"""Part a: a year of one GA4 property, 73,000 rows, from the request to published rows."""

from collections.abc import Iterator
from datetime import date
from statistics import median
from typing import Any

from bench.stand import LAST_DAY, FarEnds, Stand, client_file

TITLE = "A year of GA4: 365 days x 200 combinations of source, medium and campaign"
ORIGINS = 200
REPETITIONS = 5
FIRST_DAYS = {30: date(2025, 6, 1), 365: date(2024, 7, 1), 730: date(2023, 7, 1)}  # about so many days before LAST_DAY
OTHERS = {
    "leanest": "raw protobuf rows, COPY into the keyed table",
    "row_objects": "the official client's row objects, pandas `to_sql`",
}
TASKS = ("plan", "fetch", "audit", "publish")


def measure(stand: Stand) -> dict[str, Any]:
    far_ends = stand.far_ends(days=731, origins=ORIGINS)
    sources = {"ga4": {"connection": "ga4_bench", "property": 1}}
    (stand.stack.folder / "clients" / "bench.yml").write_text(client_file(sources), encoding="utf-8")
    costs: dict[str, list[dict[str, Any]]] = {name: [] for name in (*OTHERS, *TASKS)}
    for repetition in range(REPETITIONS + 1):
        with stand.stack.progress.step(f"GA4, 365 days, {repetition or 'to warm up'}"):
            for name in OTHERS:
                costs[name].append(_other(stand, far_ends, name, FIRST_DAYS[365]))
            for name, cost in _product(stand, far_ends, FIRST_DAYS[365]).items():
                costs[name].append(cost)
    peaks = {}
    for days, first_day in FIRST_DAYS.items():
        with stand.stack.progress.step(f"GA4, {days} days"):
            done = _product(stand, far_ends, first_day)
        peaks[days] = {"rows": done["fetch"]["rows"], **{name: done[name]["peak_mb"] for name in TASKS}}
    ways = {name: _middle(found[1:]) for name, found in costs.items()}
    return {"repetitions": REPETITIONS, "ways": ways, "peaks": peaks}


def _other(stand: Stand, far_ends: FarEnds, name: str, first_day: date) -> dict[str, Any]:
    address, _ = stand.database()
    given = {"BENCH_WAREHOUSE": address, "BENCH_GA4": str(far_ends.ga4), "BENCH_DAYS": f"{first_day} {LAST_DAY}"}
    return stand.child(f"bench.ways.{name}", **given)


def _product(stand: Stand, far_ends: FarEnds, first_day: date) -> dict[str, dict[str, Any]]:
    _, place = stand.database()
    given = stand.settings(far_ends, place) | {
        "BENCH_SLOTS": str(stand.stack.folder / "slots.json"),
        "BENCH_DAYS": f"{first_day} {LAST_DAY}",
    }
    return {task: stand.child("bench.ways.product", task, "ga4", **given) for task in TASKS}


def _middle(found: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: median(cost[key] for cost in found) for key in found[0]}


def seconds(found: dict[str, Any]) -> dict[str, float]:
    """By way: from the request to the rows that a reader sees."""
    ways = found["ways"]
    return {
        "leanest": ways["leanest"]["seconds"],
        "product": ways["fetch"]["seconds"] + ways["publish"]["seconds"],
        "row_objects": ways["row_objects"]["seconds"],
    }


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The tables, as Markdown."""
    ways, took = found["ways"], seconds(found)
    yield "From the request to rows in a keyed table, without the start of the processes: the median of"
    yield f"{found['repetitions']} alternating runs, each into an empty database. The other ways ask for traffic only;"
    yield "the product also asks for totals and people, archives every answer, stages and publishes."
    yield ""
    yield "| way | seconds | times the leanest | CPU s of the process | peak memory, MB | rows | requests |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for name, says in {"leanest": OTHERS["leanest"], "product": "", "row_objects": OTHERS["row_objects"]}.items():
        parts = [ways["fetch"], ways["publish"]] if name == "product" else [ways[name]]
        way, ratio = says or "**this product**: fetch and publish", took[name] / took["leanest"]
        yield (
            f"| {way} | {took[name]:.2f} | {ratio:.1f} |"
            f" {sum(part['cpu'] for part in parts):.2f} | {max(part['peak_mb'] for part in parts):.0f} |"
            f" {parts[0]['rows']:,.0f} | {parts[0]['requests']:.0f} |"
        )
    yield ""
    yield f"The product: fetch {ways['fetch']['seconds']:.2f} s, publish {ways['publish']['seconds']:.2f} s;"
    yield f"in addition, plan {ways['plan']['seconds']:.2f} s and audit {ways['audit']['seconds']:.2f} s."
    yield ""
    yield "| days | rows | peak memory of fetch, MB | of publish | of audit |"
    yield "|--:|--:|--:|--:|--:|"
    for days, peak in found["peaks"].items():
        yield f"| {days} | {peak['rows']:,} | {peak['fetch']:.0f} | {peak['publish']:.0f} | {peak['audit']:.0f} |"


def targets(found: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Target, what was measured, whether it is met."""
    took = seconds(found)
    to_leanest, faster = took["product"] / took["leanest"], took["row_objects"] / took["product"]
    yield "a year of GA4 in at most 2 times the leanest way", f"{to_leanest:.1f} times", to_leanest <= 2
    yield "at least 5 times as fast as row objects and pandas", f"{faster:.1f} times", faster >= 5
    peaks = {int(days): max(peak[name] for name in TASKS) for days, peak in found["peaks"].items()}
    yield "peak memory below 400 MB", f"{max(peaks.values()):.0f} MB", max(peaks.values()) < 400
    growth = found["peaks"]["730"]["fetch"] / found["peaks"]["365"]["fetch"]
    yield "memory flat in the number of days (730 to 365: at most 1.1)", f"{growth:.2f}", growth <= 1.1
