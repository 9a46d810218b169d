"""What letters call the sources: words.yml in each source's folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smm import sources
from smm.letters.words import words
from smm.sources import Source
from smm.sources import words as of_sources

Change = Callable[[str, str], None]


@pytest.fixture
def change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Change]:
    """Changes VK's words, in copies of all sources' words."""
    for source in sources.every():
        (tmp_path / source.name).mkdir()
        (tmp_path / source.name / "words.yml").write_text((source.folder / "words.yml").read_text("utf-8"), "utf-8")
    monkeypatch.setattr(Source, "folder", property(lambda source: tmp_path / source.name))

    def change(text: str, by: str) -> None:
        file = tmp_path / "vk" / "words.yml"
        before = file.read_text("utf-8")
        assert text in before
        file.write_text(before.replace(text, by, 1), "utf-8")

    words.cache_clear()
    yield change
    words.cache_clear()


def test_every_source_has_words_in_every_language() -> None:
    assert list(of_sources.mistakes()) == []
    assert list(of_sources.untold()) == []


MISTAKES = {
    "no English": ("en:", "nn:", "vk/words.yml:1: en.network: is missing"),
    "a phrase that is missing": ("  giver: ВКонтакте\n", "", "vk/words.yml:8: ru.giver: is missing"),
    "a phrase that English alone has": (
        '\n  own_days: "Сутки в его статистике начинаются в полночь по UTC."',
        "",
        "vk/words.yml:8: ru.own_days: is missing",
    ),
    "a network without a name": ("  network: VK\n", "", "vk/words.yml:2: en.network: is missing"),
    "a phrase that nobody knows": (
        "  measured: ",
        "  mesured: ",
        "vk/words.yml:3: en.mesured: is not a key of this file; did you mean `measured`?",
    ),
    "a gap that is missing": ("?gid={id}", "?gid=1", "vk/words.yml:5: en.check: must have the gaps {id}, found "),
    "a gap that nobody fills": ("giver: VK", 'giver: "{id}"', "vk/words.yml:4: en.giver: must have the gaps none"),
    "a section that is a word": ("sv:\n", "sv: VK\nnn:\n", "vk/words.yml:14: sv.measured: is missing"),
    "no YAML": ("en:", "en: [", "vk/words.yml:2: opens a [ that is not closed: write ] at its end"),
}


@pytest.mark.parametrize(("text", "by", "mistake"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_place(change: Change, text: str, by: str, mistake: str) -> None:
    change(text, by)
    found = [str(one) for one in of_sources.mistakes()]
    assert any(one.startswith(mistake) for one in found), found
    said = words("sv")
    told = (said.measured("vk"), said.giver("vk"), said.check("vk", "1"))
    assert told == ("VK", "VK", None), "its title, in place of a file that cannot be read"
    assert said.measured("ga4") == "Mätt av Google Analytics"


def test_a_language_without_words_is_told_in_english(change: Change) -> None:
    change("sv:\n", "nn:\n")
    assert [str(note) for note in of_sources.untold()] == [
        "vk/words.yml:1: has no words in sv; letters in sv use the English ones"
    ]
    assert words("sv").measured("vk") == "Measured by VK"
    assert words("sv").measured("ga4") == "Mätt av Google Analytics"
    assert words("ru").network("vk_ads") == "реклама ВКонтакте"


def test_words_are_read_again(change: Change) -> None:
    assert words("en").giver("vk") == "VK"
    change("giver: VK\n", "giver: VKontakte\n")
    assert words("en").giver("vk") == "VKontakte"
    change("en:", "en: [")
    assert words("en").giver("vk") == "VK", "its title"


def test_what_the_client_gave_has_words_of_its_own() -> None:
    said = words("en")
    assert (said.measured("client"), said.giver("client")) == ("Your data", "your data")
    assert said.check("client", "1") is None
    assert said.measured("figures") == "Entered by the agency"


@pytest.mark.parametrize(
    ("source", "identity", "place"),
    [("vk", "17", "vk.com/stats?gid=17"), ("vk", None, None), ("figures", "17", None)],
)
def test_where_numbers_can_be_looked_up(source: str, identity: str | None, place: str | None) -> None:
    assert words("en").check(source, identity) == place
