"""Files that change while we run are read again; one that is broken meanwhile leaves what was read before."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copytree

import pytest

from smm import catalogue
from smm.files import languages
from smm.files.checked import Mistakes
from smm.files.unchanged import while_unchanged
from smm.letters.words import words
from smm.project import INCLUDE

KPI = """
story_views:
  title: {en: Story views}
  meaning: {en: How often stories were seen}
  goal: reputation
  formula: page_views
"""


def change(path: Path, text: str) -> None:
    """As an editor does, within one tick of the file system's clock, and to the same length."""
    stat = path.stat() if path.exists() else None
    path.with_suffix(".new").write_text(text, "utf-8")
    path.with_suffix(".new").replace(path)
    if stat:
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


@pytest.fixture
def read(tmp_path: Path) -> Callable[[], str]:
    """What stands in all files of a folder; it counts how often it was read."""

    @while_unchanged(lambda: sorted(tmp_path.glob("*.txt")))
    def found() -> str:
        times.append(1)
        texts = [path.read_text() for path in sorted(tmp_path.glob("*.txt"))]
        if "broken" in texts:
            raise ValueError("it is broken")
        return "+".join(texts)

    times: list[int] = []
    found.times = times  # type: ignore[attr-defined]
    return found


def test_what_has_not_changed_is_not_read_again(read: Callable[[], str], tmp_path: Path) -> None:
    change(tmp_path / "a.txt", "one")
    assert [read() for _ in range(3)] == ["one"] * 3
    assert len(read.times) == 1  # type: ignore[attr-defined]


def test_what_is_changed_added_or_removed_is_read_again(read: Callable[[], str], tmp_path: Path) -> None:
    change(tmp_path / "a.txt", "one")
    assert read() == "one"
    change(tmp_path / "a.txt", "two")
    assert read() == "two", "of the same time and length"
    change(tmp_path / "b.txt", "three")
    assert read() == "two+three"
    (tmp_path / "a.txt").unlink()
    assert read() == "three"


def test_what_is_broken_meanwhile_stays_as_it_was(read: Callable[[], str], tmp_path: Path) -> None:
    change(tmp_path / "a.txt", "broken")
    with pytest.raises(ValueError, match="it is broken"):
        read()
    change(tmp_path / "a.txt", "one")
    assert read() == "one"
    change(tmp_path / "a.txt", "broken")
    assert [read(), read()] == ["one", "one"]
    assert len(read.times) == 3, "a broken file is not read again until it changes"  # type: ignore[attr-defined]
    change(tmp_path / "a.txt", "two")
    assert read() == "two"


def test_threads_see_one_value(read: Callable[[], str], tmp_path: Path) -> None:
    change(tmp_path / "a.txt", "one")
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda _: read(), range(50))) == {"one"}
    assert len(read.times) == 1  # type: ignore[attr-defined]


@pytest.fixture
def include(tmp_path: Path) -> Path:
    return Path(copytree(INCLUDE, tmp_path / "include", ignore=lambda _, names: {"sql", "clients"} & set(names)))


def test_a_kpi_that_is_added_is_known_at_once(include: Path) -> None:
    assert "story_views" not in catalogue.read(include).kpis
    (include / "kpis" / "own.yml").write_text(KPI)
    assert catalogue.read(include).kpis["story_views"].title == {"en": "Story views"}


def test_a_kpi_that_is_broken_meanwhile_is_dark_and_keeps_its_words(include: Path) -> None:
    own = include / "kpis" / "own.yml"
    own.write_text(KPI)
    assert "story_views" in catalogue.read(include).kpis
    for _ in range(2):
        own.write_text(own.read_text().replace("page_views", "page_viewz"))
        known = catalogue.read(include)
        assert "story_views" not in known.kpis
        assert "own.yml:6: story_views.formula: names 'page_viewz'" in str(known.broken["story_views"])
        kpi = known.shown("story_views")
        assert kpi is not None
        assert kpi.title["en"] == "Story views"
        own.write_text(f"{own.read_text()}# still broken\n")
    own.write_text(KPI)
    assert catalogue.read(include).broken == {}


@pytest.mark.parametrize("name", ["networks.yml", "measures.yml"])
def test_what_all_kpis_need_stays_as_it_was_and_its_mistake_is_shown(include: Path, name: str) -> None:
    before, text = catalogue.read(include), (include / name).read_text("utf-8")
    (include / name).write_text("vk: [", "utf-8")
    known = catalogue.read(include)
    assert (known.kpis, known.measures, known.networks) == (before.kpis, before.measures, before.networks)
    assert f"{name}:1: opens a [ that is not closed" in str(known.broken[name])
    (include / name).write_text(text, "utf-8")
    assert catalogue.read(include).broken == {}

    (include / name).write_text("vk: [", "utf-8")
    catalogue.read.cache_clear()
    with pytest.raises(Mistakes, match=f"{name}:1"):
        catalogue.read(include)


def test_words_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "en.yml"
    text = languages.read("en").path.read_text("utf-8")
    file.write_text(text, "utf-8")
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    try:
        assert words("en").network("ok") == "Odnoklassniki"
        file.write_text(text.replace("  ok: Odnoklassniki\n", "  ok: OK\n"), "utf-8")
        assert words("en").network("ok") == "OK"
        file.write_text("networks: [", "utf-8")
        assert words("en").network("ok") == "OK"
    finally:
        words.cache_clear()
