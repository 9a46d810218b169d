"""A source that the project does not know: a folder and one line, and it goes the whole way."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smm import sources
from smm.project import ROOT

if TYPE_CHECKING:
    from smm.warehouse import Connection

CLIENT = """
name: Kelp & Co.
language: en
time_zone: UTC
currency: EUR
started: 2026-09-01
sources:
  rookery: {{document: {document}, page: kelp}}
targets:
  rookery.reach: {{at_least: 5000, main: true}}
  rookery.likes_per_post: {{at_least: 2}}
report: {{to: [owner@kelp.example]}}
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product, with the folder of a source more, and its name in the list."""
    folder = tmp_path_factory.mktemp("checkout")
    for part in ("plugins", "dags", "include"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(
        Path(__file__).parent / "rookery",
        folder / "plugins" / "smm" / "sources" / "rookery",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    listed = folder / "plugins" / "smm" / "sources" / "__init__.py"
    text = listed.read_text("utf-8")
    names = next(line for line in text.splitlines() if line.startswith("NAMES = ("))
    assert str(sources.NAMES[-1]) in names
    listed.write_text(text.replace(names, names.replace("NAMES = (", 'NAMES = ("rookery", ')), "utf-8")
    return folder


def export() -> dict[str, Any]:
    """September to November 2026: ten likes and 100 people a day, 4,000 in October, and a post every tenth day."""
    first = date(2026, 9, 1)
    days = [first + timedelta(days=number) for number in range(77)]
    daily = {"likes": 10, "reach": 100, "followers_gained": 2, "followers_lost": 1}
    insights: list[dict[str, Any]] = [{"grain": "day", "period": str(day), "numbers": daily} for day in days]
    insights += [
        {"grain": "month", "period": f"2026-{month}-01", "numbers": {"reach": reach}}
        for month, reach in (("09", 6000), ("10", 4000), ("11", 2000))
    ]
    posts = [
        {"id": f"kelp/{number}", "at": f"{day}T12:00:00Z", "likes": 6, "comments": 2, "shares": 1}
        for number, day in enumerate(days[::10])
    ]
    return {"page": "kelp", "followers": 1000, "insights": insights, "posts": posts}


def test_it_goes_the_whole_way(warehouse: "Connection", checkout: Path, airflow_database: None, tmp_path: Path) -> None:
    (tmp_path / "clients").mkdir()
    document = tmp_path / "export.json"
    document.write_text(json.dumps(export()), "utf-8")
    (tmp_path / "clients" / "kelp.yml").write_text(CLIENT.format(document=document), "utf-8")
    (tmp_path / "archive").mkdir()
    environment = os.environ | {
        "PYTHONPATH": f"{checkout / 'plugins'}:{ROOT}",
        "SMM_CLIENTS": str(tmp_path / "clients"),
        "SMM_ARCHIVE": (tmp_path / "archive").as_uri(),
        "AIRFLOW__CORE__DAGS_FOLDER": str(checkout / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(checkout / "plugins"),
    }

    command = [sys.executable, "-m", "tests.new_source.way", "kelp", "rookery", str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    came = json.loads((tmp_path / "done.json").read_text("utf-8"))
    assert {(load["state"], load["reason"]) for load in came["loads"]} == {("published", None)}
    assert all(load["findings"] == [] for load in came["loads"])
    expected = {
        "rookery.reach": "4000",
        "rookery.posts": "4",
        "rookery.likes_per_post": "6",
        "rookery.engagement_per_post": "9",
        "rookery.followers_net": "31",
    }
    assert {name: f"{float(came['kpis'][name]):g}" for name in expected} == expected
    assert came["verdicts"] == {"rookery.reach": "missed", "rookery.likes_per_post": "not_proven"}, "read late"
    assert "Rookery" in came["letter"]
    assert "Measured by Rookery" in came["letter"]
    for path, page in came["pages"].items():
        assert isinstance(page, str), (path, page)
    assert "Rookery" in came["pages"]["clients/kelp"]
    assert came["left"] == {}
