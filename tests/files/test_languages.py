"""The languages of letters: one file each, and one file is all that a new one needs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel import Locale

from smm import catalogue, clients
from smm.files import languages
from smm.letters.content import Content
from smm.letters.words import words
from tests.clients.test_clients import GOOD, written
from tests.letters import kinds

KPIS = {name: kpi.texts for name, kpi in catalogue.read().kpis.items()}
ENGLISH, GERMAN = "Days and months are counted in the time zone", "Tage und Monate sind die der Zone"
TITLES = "kpis:\n  reach: {title: Reichweite, meaning: Leute}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of the languages that there are, which becomes the project's."""
    found = tmp_path / "locale"
    found.mkdir()
    for language in languages.known():
        (found / f"{language}.yml").write_text(languages.read(language).path.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(languages, "FOLDER", found)
    words.cache_clear()
    yield found
    words.cache_clear()


def add(folder: Path, name: str, change: Callable[[str], str] = str) -> None:
    (folder / name).write_text(change((folder / "en.yml").read_text("utf-8")), "utf-8")


def told(folder: Path) -> list[str]:
    return [str(mistake) for mistake in languages.mistakes(KPIS, folder)]


def test_nothing_is_wrong_with_the_languages_that_are_there() -> None:
    assert told(languages.FOLDER) == []
    assert list(languages.untold(KPIS)) == []
    assert languages.known() == ("en", "ru", "sv")


@pytest.mark.parametrize(
    "kind", ["missed", "all_met", "unknown", "correction", "weekly", "certain_miss", "at_risk", "back_on_track"]
)
def test_a_new_language_is_one_file(folder: Path, kind: str) -> None:
    add(folder, "de.yml", lambda text: text.replace(ENGLISH, GERMAN) + TITLES)
    content: Content = getattr(kinds, kind)()

    found = kinds.letter(content, "de")

    assert 'lang="de"' in found.html
    assert GERMAN in found.text
    assert ENGLISH not in found.text + found.html
    assert "Oktober" in found.text, "dates are Babel's"
    assert ("Reichweite" in found.text) == any(target.kpi == "reach" for target in content.targets)


def test_a_client_may_ask_for_it(folder: Path, tmp_path: Path) -> None:
    german_client = GOOD.replace("language: ru", "language: de", 1)
    assert "language: de" in german_client
    path = written(tmp_path, german_client)
    with pytest.raises(ValueError, match="must be one of en, ru, sv, found 'de'"):
        clients.read_file(path, catalogue.read())

    add(folder, "de.yml")

    assert clients.read_file(path, catalogue.read()).file.language == "de"


def test_a_kpi_is_told_in_english_where_a_language_has_no_words_for_it(folder: Path) -> None:
    add(folder, "de.yml", lambda text: text + TITLES.replace(", meaning: Leute", ""))
    own = {"en": "Reach", "ru": "Охват"}
    assert words("ru").kpi("reach", "title", own) == "Охват"
    assert words("de").kpi("reach", "title", own) == "Reichweite"
    assert words("de").kpi("reach", "meaning", own) == "Reach"
    titles, meanings = map(str, languages.untold(KPIS, folder))
    line = len((folder / "en.yml").read_text("utf-8").splitlines()) + 1
    assert titles.startswith(f"de.yml:{line}: kpis: has no title of impressions, clicks,")
    assert titles.endswith("; letters in de say it in English")
    assert " reach," not in titles
    assert " reach," in meanings


MISTAKES = {
    "a phrase that is missing": ("also_met: ", "also_mett: ", "also_met: is missing; en.yml has 'Also met: {"),
    "a gap that is missing": (
        "Also met: {others}.",
        "Also met.",
        "also_met: must have the gaps {others}, found 'Also met.'",
    ),
    "a gap that nobody fills": (
        'more: {one: "{n} more"',
        'more: {one: "{m} more"',
        "more.one: can have the gaps {n}, found '{m} more'",
    ),
    "a plural without a form": (
        'more: {one: "{n} more", other',
        "more: {other",
        "more.one: is missing: numbers ask for it",
    ),
    "a form that the language has not": (
        'more: {one: "{n} more"',
        'more: {few: "{n}", one: "{n} more"',
        "more.few: is no form of this language; it has one, other",
    ),
    "a section that is a word": ("warning:\n", "warning: none\nwarned:\n", "warning: is missing"),
    "no YAML": ("lead:", "lead: [", "opens a [ that is not closed"),
    "a KPI that is none": ("ads_of:", "kpis: {rech: {title: R}}\nads_of:", "kpis.rech: is not a KPI"),
    "a KPI without text": (
        "ads_of:",
        "kpis: {reach: {titel: R}}\nads_of:",
        "kpis.reach: must have a title and a meaning, such as {title: ..., meaning: ...}",
    ),
}


@pytest.mark.parametrize(("english", "written", "mistake"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_place(folder: Path, english: str, written: str, mistake: str) -> None:
    before, _, _ = (folder / "en.yml").read_text("utf-8").partition(english)
    add(folder, "de.yml", lambda text: text.replace(english, written, 1))
    found = told(folder)
    line = before.count("\n") + 1
    places = (
        1,
        line,
        line + 1,
        line + 2,
    )  # of what is missing, the file or its section; of what is no YAML, a later one
    assert any(text.startswith(f"de.yml:{place}: {mistake}") for place in places for text in found), found


def test_a_file_is_named_by_its_language(folder: Path) -> None:
    add(folder, "german.yml")
    assert told(folder) == ["german.yml:1: name it by a language that CLDR knows, such as de.yml, not 'german'"]


def test_a_language_with_more_plurals_needs_them_all(folder: Path) -> None:
    add(folder, "pl.yml")
    found = told(folder)
    assert any(text.endswith(": more.few: is missing: numbers ask for it") for text in found)
    assert {text.rpartition(".")[2].partition(":")[0] for text in found} == Locale.parse("pl").plural_form.tags - {
        "one"
    }
