"""docs/bench.md: what was measured, target by target and part by part. The figures are kept in docs/bench.json."""

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from bench import picture
from local.state import ROOT

DOCS = ROOT / "docs"
FIGURES = DOCS / "bench.json"


def keep(letter: str, found: dict[str, Any]) -> None:
    """Put a part's figures beside those of the other parts."""
    figures = kept() | {letter: {"measured": datetime.now(UTC).strftime("%Y-%m-%d"), "on": _machine(), **found}}
    FIGURES.write_text(json.dumps(dict(sorted(figures.items())), indent=1) + "\n", encoding="utf-8")


def write(parts: Mapping[str, ModuleType]) -> bool:
    """Write the page and the picture, print the targets; True = every target that was measured is met."""
    figures = kept()
    measured = {letter: part for letter, part in parts.items() if letter in figures}
    judged = [target for letter, part in measured.items() for target in part.targets(figures[letter])]
    (DOCS / "pictures").mkdir(exist_ok=True)
    picture.draw(figures, DOCS / "pictures" / "bench.png")
    text = "\n".join(
        [*_head(judged), *(line for letter in measured for line in _part(measured[letter], figures[letter]))]
    )
    (DOCS / "bench.md").write_text(text + "\n", encoding="utf-8")
    print(text)
    return all(is_met for _, _, is_met in judged)


def kept() -> dict[str, Any]:
    """Letter of a part -> its figures."""
    found: dict[str, Any] = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    return found


def _head(judged: list[tuple[str, str, bool]]) -> list[str]:
    rows = [f"| {target} | {found} | {'met' if is_met else '**missed**'} |" for target, found, is_met in judged]
    return [
        "# How fast it is",
        "",
        "`make bench` measures this on your machine, `make bench PART=a` only a part; with `BESIDE=folder`, also the",
        "checkout of an older version. Everything is real (gRPC, HTTP, Airflow, Postgres with all settings that keep",
        "data safe) except the services, which are simulated. Compare ratios: seconds depend on the machine.",
        "The figures are in [bench.json](bench.json).",
        "",
        "![Seconds by way and by number of clients](pictures/bench.png)",
        "",
        "| target | measured | |",
        "|---|---|---|",
        *rows,
    ]


def _part(part: ModuleType, found: dict[str, Any]) -> list[str]:
    return ["", f"## {part.TITLE}", "", *part.lines(found), "", f"Measured on {found['measured']}: {found['on']}."]


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}"
