"""docs/kpis.md is what `python -m smm kpis` prints, and says of each KPI what the catalogue knows."""

import re
import subprocess
import sys

import pytest

from smm import catalogue
from smm.project import ROOT

PAGE = (ROOT / "docs" / "kpis.md").read_text("utf-8")


def test_the_page_is_what_the_command_prints() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "smm", "kpis"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "plugins"), "PATH": ""},
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout

    assert printed == PAGE, "bring it up to date: python -m smm kpis > docs/kpis.md"


def test_each_kpi_has_its_words_and_its_counting() -> None:
    known = catalogue.read()
    tables, _, _ = PAGE.partition("## Known limits")
    for name, kpi in known.kpis.items():
        words, counting = (line for line in tables.splitlines() if line.startswith(f"| `{name}` "))
        assert all(text in words for text in (*kpi.title.values(), *kpi.meaning.values()))
        assert f"| `{kpi.formula}` |" in counting
    assert all(f"| `{name}` | {measure.kind} |" in PAGE for name, measure in known.measures.items())


COUNTING = {
    "of the client's figures": (
        "ctr",
        "flow / flow | share | more | `all` | the client's figures | day, week, month | yes",
    ),
    "business": (
        "roas` **B**",
        "flow / flow | ratio | more | `all` | Google Analytics, Yandex Metrica, the client's figures |",
    ),
    "less is better": (
        "churn_rate",
        "flow / stock | share | less | `all` | VK, Facebook, Instagram, counted from these | day, week, month | yes",
    ),
    "as agreed": (
        "posts_done",
        "flow / flow | share | as agreed | `all` | VK, Facebook, Instagram, the client's figures | day, week, m",
    ),
    "people": (
        "visitors",
        "unique | count | more | none: write `vk.visitors` | VK | day, week, month | no: not additi",
    ),
    "people of others": ("reach_28", "unique | count | more | none: write `facebook.reach_28` | Facebook, Instagram |"),
    "people of weeks and months": (
        "returning_share",
        "unique / unique | share | more | `site` | Google Analytics | week, m",
    ),
    "pinned": (
        "social_share",
        "flow / flow | share | more | `all` | Google Analytics, Yandex Metrica | day, week, month | only",
    ),
    "counted from several": (
        "leads",
        "flow | count | more | `all` | Google Analytics, Yandex Metrica, VK, the client's figures, counted f",
    ),
}


@pytest.mark.parametrize(("kpi", "counting"), COUNTING.values(), ids=COUNTING)
def test_what_is_derived_from_the_formula(kpi: str, counting: str) -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith(f"| `{kpi}") and f"| {counting}" in line]
    assert len(lines) == 1, [line for line in PAGE.splitlines() if line.startswith(f"| `{kpi}")]


def test_each_source_says_its_own_limits() -> None:
    _, _, limits = PAGE.partition("## Known limits")
    assert re.findall(r"^\*\*(.+)\*\*$", limits, re.MULTILINE) == [
        "Google Analytics", "Yandex Metrica", "VK", "Facebook", "Instagram", "The client's figures", "Together"
    ]  # fmt: skip
    assert "\n- VK's statistics settle in two days: the last 3 are read again every day.\n" in limits


def test_what_a_kpi_means_is_said_in_words() -> None:
    for name, kpi in catalogue.read().kpis.items():
        formulas = {language: text for language, text in kpi.meaning.items() if re.search(r" [/×x*+=-] |\(.*\)/", text)}
        assert not formulas, f"{name}: whoever reads a letter reads no formula"
