"""The bench's own arithmetic: which targets are met, and the page that says so."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench import daily_run, ga4_year, page, vk_history
from bench.__main__ import PARTS


def year(**changed: float) -> dict[str, Any]:
    """Part a as measured, all targets met: 2.0 times the leanest way, 5 times as fast as row objects."""
    seconds = {"leanest": 0.5, "row_objects": 5.0, "plan": 0.1, "fetch": 0.7, "audit": 0.2, "publish": 0.3} | changed
    cost = {"cpu": 0.5, "peak_mb": 250.0, "rows": 73_000, "requests": 1}
    peaks = dict.fromkeys(ga4_year.TASKS, 250.0)
    return {
        "repetitions": 5,
        "ways": {name: {"seconds": value, **cost} for name, value in seconds.items()},
        "peaks": {days: {"rows": int(days) * 200, **peaks} for days in ("30", "365", "730")},
    }


def day(*runs: tuple[int, float, float, float]) -> dict[str, Any]:
    names = ("clients", "seconds", "cpu", "task_mb")
    counted: dict[str, Any] = {"tasks": 9, "requests": {"ga4": 20, "vk": 30}}
    return {"latency": 0.05, "runs": [dict(zip(names, run, strict=True)) | counted for run in runs]}


def history(requests: int) -> dict[str, Any]:
    cost = {"received": requests, "seconds": 9.0}
    return {"fetch": cost, "publish": cost, "call_by_call": cost | {"received": 762}}


def met(targets: Any) -> list[bool]:
    return [is_met for _, _, is_met in targets]


def test_a_year_counts_fetch_and_publish_but_not_plan_and_audit() -> None:
    assert ga4_year.seconds(year(plan=100, audit=100)) == {"leanest": 0.5, "product": 1.0, "row_objects": 5.0}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, [True, True, True, True]),
        ({"publish": 0.31}, [False, False, True, True]),
        ({"row_objects": 4.9}, [True, False, True, True]),
    ],
)
def test_the_targets_of_a_year(changed: dict[str, float], expected: list[bool]) -> None:
    assert met(ga4_year.targets(year(**changed))) == expected


def test_memory_is_that_of_the_largest_task_and_must_not_grow_with_the_days() -> None:
    found = year()
    found["peaks"]["730"]["audit"] = 400.0
    found["peaks"]["730"]["fetch"] = 276.0
    assert met(ga4_year.targets(found)) == [True, True, False, False]


@pytest.mark.parametrize(("requests", "expected"), [(30, True), (31, False)])
def test_the_target_of_a_history(requests: int, expected: bool) -> None:
    assert met(vk_history.targets(history(requests))) == [expected]


@pytest.mark.parametrize(
    ("large", "expected"),
    [
        ((200, 299.0, 200.0, 250.0), [True, True, True]),
        ((200, 300.0, 200.0, 250.0), [False, True, True]),
        ((200, 299.0, 500.0, 250.0), [True, True, False]),
        ((200, 299.0, 200.0, 280.0), [True, False, True]),
    ],
)
def test_the_targets_of_a_daily_run(large: tuple[int, float, float, float], expected: list[bool]) -> None:
    assert met(daily_run.targets(day((10, 20.0, 30.0, 250.0), (50, 60.0, 100.0, 250.0), large))) == expected


def test_a_part_measured_again_takes_the_place_of_its_older_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(page, "DOCS", tmp_path)
    monkeypatch.setattr(page, "FIGURES", tmp_path / "bench.json")
    page.keep("a", year())
    page.keep("b", history(31))
    assert not page.write(PARTS)
    page.keep("b", history(17))
    assert page.write(PARTS)
    text = (tmp_path / "bench.md").read_text("utf-8")
    assert capsys.readouterr().out.endswith(text)
    assert "| 24 months of VK in at most 30 requests | 17 requests | met |" in text
    assert "| raw protobuf rows, COPY into the keyed table | 0.50 | 1.0 |" in text
    assert "A daily run" not in text  # not measured yet
    assert sorted(json.loads((tmp_path / "bench.json").read_text("utf-8"))) == ["a", "b"]
    assert (tmp_path / "pictures" / "bench.png").read_bytes().startswith(b"\x89PNG")
