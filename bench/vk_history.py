"""Part b: 24 months of one VK community with 3,000 posts, under VK's limit of 3 requests per second."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from bench.community import FIRST_COMMUNITY
from bench.stand import LAST_DAY, Stand, client_file

TITLE = "24 months of a VK community: 3,000 posts"
FIRST_DAY, DAYS, POSTS = date(2023, 7, 1), 731, 3_000


def measure(stand: Stand) -> dict[str, Any]:
    far_ends = stand.far_ends(days=DAYS, origins=1, posts=POSTS)
    sources = {"vk": {"connection": f"vk_{FIRST_COMMUNITY}", "community": FIRST_COMMUNITY}}
    (stand.stack.folder / "clients" / "bench.yml").write_text(client_file(sources), encoding="utf-8")
    _, place = stand.database()
    given = stand.settings(far_ends, place) | {
        "BENCH_SLOTS": str(stand.stack.folder / "slots.json"),
        "BENCH_DAYS": f"{FIRST_DAY} {LAST_DAY}",
        "BENCH_VK": str(far_ends.vk),
    }
    with stand.stack.progress.step("VK, 24 months"):
        stand.child("bench.ways.product", "plan", "vk", **given)
        fetch = stand.child("bench.ways.product", "fetch", "vk", **given)
        fetch["received"] = stand.received(far_ends)["vk"]
        publish = stand.child("bench.ways.product", "publish", "vk", **given)
    with stand.stack.progress.step("VK, 24 months, call by call"):
        plain = stand.child("bench.ways.call_by_call", **given)
        plain["received"] = stand.received(far_ends)["vk"] - fetch["received"]
    return {"fetch": fetch, "publish": publish, "call_by_call": plain}


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The table, as Markdown."""
    plain, fetch = found["call_by_call"], found["fetch"]
    took = fetch["seconds"] + found["publish"]["seconds"]
    yield "The simulated VK refuses more than 3 requests per second and token, as VK does, and counts all requests."
    yield "The plain loop asks for the wall page by page and for the statistics day by day, and stores nothing; the"
    yield "product also asks for weeks, months and the reach of posts, archives, stages and publishes."
    yield ""
    yield "| way | HTTP requests | seconds |"
    yield "|---|--:|--:|"
    yield f"| one call per page and day, vk_api | {plain['received']} | {plain['seconds']:.0f} |"
    yield f"| **this product**: fetch and publish | {fetch['received']} | {took:.1f} |"


def targets(found: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Target, what was measured, whether it is met."""
    requests = found["fetch"]["received"]
    yield "24 months of VK in at most 30 requests", f"{requests} requests", requests <= 30
