"""What `make check` says of the Python of a source."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smm import __main__, catalogue, facts, sources
from smm.roster import catalogued
from smm.sources import declared
from smm.warehouse import Connection

ROOKERY = Path(__file__).parents[1] / "new_source" / "rookery"

Change = Callable[[str, str], None]


@pytest.fixture
def change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Change]:
    """Makes Rookery one of the sources, with a change in its `__init__.py`."""
    shutil.copytree(ROOKERY, tmp_path / "rookery", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(tmp_path)])
    monkeypatch.setattr(sources, "NAMES", ("rookery", *sources.NAMES))
    sources.named.cache_clear()

    def change(text: str, by: str) -> None:
        file = tmp_path / "rookery" / "__init__.py"
        before = file.read_text("utf-8")
        assert text in before
        file.write_text(before.replace(text, by, 1), "utf-8")

    yield change
    sources.named.cache_clear()
    for name in [name for name in sys.modules if name.startswith("smm.sources.rookery")]:
        del sys.modules[name]


def told() -> list[str]:
    return [str(mistake) for mistake in declared.mistakes(catalogue.read().measures)]


def test_every_source_is_in_order() -> None:
    assert told() == []


HERE = "rookery/__init__.py:1: "
LIKES = '("likes", "followers_gained", "followers_lost")'
ADDRESS = (
    "`post_address` must be an address with its host and the gaps {identity} and {post}, such as"
    " https://rookery.example/{identity}/{post}"
)
MISTAKES = {
    "nothing that is wrong": ("Rookery", "Rookery", None),
    "no SOURCE": (
        "SOURCE = ",
        "ROOKERY = ",
        "smm/sources/rookery/__init__.py has no SOURCE: write SOURCE = Source(name='rookery', ...)",
    ),
    "another name": (
        'name="rookery"',
        'name="roost"',
        "smm/sources/rookery/__init__.py names 'roost': write the folder's name, 'rookery'",
    ),
    "kinds without a comma": (
        'kinds=("counts", "posts")',
        'kinds=("counts")',
        "`kinds` must be a tuple such as ('counts',), with the comma; found 'counts'",
    ),
    "measures without a comma": (
        '("followers",)',
        '("followers")',
        "`measures` must be a tuple such as ('followers',), with the comma; found 'followers'",
    ),
    "posts that are seen without https": ("https://rookery.example/", "http://rookery.example/", ADDRESS),
    "posts that are seen wherever the client's file says": (
        "https://rookery.example/{identity}",
        "https://{identity}",
        ADDRESS,
    ),
    "posts that cannot be told apart": ("{identity}/{post}", "{identity}", ADDRESS),
    "posts of nobody": (
        'identity="page",',
        "",
        "shows posts, and no `identity` says whose they are: name the option, such as `page`",
    ),
    "posts that nothing shows": (
        "may_change=False,",
        "may_change=False, shows_posts=True,",
        "says `shows_posts=True`, and the folder has no showing.py: write it, or take that out",
    ),
    "an unknown measure": (
        LIKES,
        '("signatures",)',
        "`gives` names 'signatures', which is not a measure; add `signatures: {kind: flow}` to include/measures.yml",
    ),
    "a measure that is counted from others": (
        LIKES,
        '("leads",)',
        "`gives` names 'leads', which is counted from other measures: remove it",
    ),
    "an unknown kind": (
        'kinds=("counts", "posts")',
        'kinds=("counts", "posts", "petitions")',
        f"`kinds` names 'petitions', which is not a kind of facts; there are {', '.join(facts.KINDS)}",
    ),
    "a kind that is not its own": (
        f'"insights", "counts", {LIKES}',
        f'"insights", "count", {LIKES}',
        "`gives` names the kind 'count'; the source's `kinds` are counts, posts",
    ),
    "an identity that is no key": (
        'identity="page"',
        'identity="nest"',
        "`identity` is 'nest', which is not a key of its entry: add it to `options`",
    ),
}


@pytest.mark.parametrize(("text", "by", "mistake"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told(change: Change, text: str, by: str, mistake: str | None) -> None:
    change(text, by)
    assert told() == ([] if mistake is None else [HERE + mistake])


def test_make_check_names_a_source_that_says_nothing(change: Change, capsys: pytest.CaptureFixture[str]) -> None:
    change("SOURCE = ", "ROOKERY = ")
    assert __main__.check() == 1
    assert f"{HERE}smm/sources/rookery/__init__.py has no SOURCE" in capsys.readouterr().out


@pytest.mark.parametrize("file", declared.FILES)
def test_a_file_that_is_missing(change: Change, tmp_path: Path, file: str) -> None:
    (tmp_path / "rookery" / file).unlink()
    assert told() == [f"{HERE}the folder has no {file}"]


def test_a_folder_that_is_missing(change: Change, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "rookery")
    assert told() == [f"{HERE}NAMES lists 'rookery', and there is no folder smm/sources/rookery/"]


def test_what_is_wrong_with_one_source_stops_nobody_else(warehouse: Connection, change: Change) -> None:
    change(f'"insights", "counts", {LIKES}', f'"insights", "count", {LIKES}')
    catalogued.store(warehouse, catalogue.read())
    query = "select source, array_agg(distinct report order by report) as reports from catalogue.given group by 1"
    stored = {row["source"]: row["reports"] for row in warehouse.execute(query)}
    assert stored["rookery"] == ["insights", "members", "posts"], "the reach of its insights is in order"
    assert "metrica" in stored
