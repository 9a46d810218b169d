"""What letters call the sources: the file words.yml in each source's folder, with a section per language.

For a language without a section, letters use the English words.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationInfo, field_validator

from smm import sources
from smm.files import languages
from smm.files.checked import CheckedFile, Mistake, Mistakes
from smm.files.entry import Entry, Line
from smm.files.languages import ENGLISH
from smm.sources import Source

FILE = "words.yml"


class Phrases(Entry):
    """The section of one language."""

    measured: Line  # shown beside KPIs: Measured by ...
    giver: Line  # its name within a sentence
    check: Line | None = None  # where a reader can look up its numbers; {id} is its identity, such as a property
    own_days: Line | None = None  # a sentence, if its days are not those of the client's time zone
    network: Line | None = None  # the network's name, of a source that is a network

    @field_validator("*")
    @classmethod
    def _has_its_gaps(cls, phrase: str | None, info: ValidationInfo) -> str | None:
        gaps = {"id"} if info.field_name == "check" else set()
        if phrase is not None and languages.gaps(phrase) != gaps:
            raise ValueError(f"must have the gaps {languages.named(gaps)}")
        return phrase


def of(language: str) -> dict[str, Phrases]:
    """Each source's phrases in the language, else in English; its title in place of a file that cannot be read."""
    return {source.name: _phrases(source, language) for source in sources.every()}


def _phrases(source: Source, language: str) -> Phrases:
    try:
        file = read(source).content
    except Mistakes:  # reported by `mistakes`; the letters of all other sources go on
        return Phrases(measured=source.title, giver=source.title, network=source.title if source.is_network else None)
    return Phrases.model_validate(file.get(language, file[ENGLISH]))


def paths() -> list[Path]:
    return [source.folder / FILE for source in sources.every()]


def read(source: Source) -> CheckedFile:
    """The source's file. Raises Mistakes."""
    try:
        file = CheckedFile(source.folder / FILE)
        if wrong := [*_wrong(file, source)]:
            raise Mistakes(wrong)
    except Mistakes as refused:  # every source has a file of this name
        raise Mistakes(replace(one, file=f"{source.name}/{FILE}") for one in refused.mistakes) from None
    return file


def mistakes() -> Iterator[Mistake]:
    """What is wrong with the files."""
    for source in sources.every():
        try:
            read(source)
        except Mistakes as refused:
            yield from refused.mistakes


def untold() -> Iterator[Mistake]:
    """The languages in which a source has no words: no mistake, but worth knowing."""
    for source in sources.every():
        try:
            missing = [language for language in languages.known() if language not in read(source).content]
        except Mistakes:
            continue  # reported by `mistakes`
        for language in missing:
            text = f"has no words in {language}; letters in {language} use the English ones"
            yield Mistake(f"{source.name}/{FILE}", 1, "", text)


def _wrong(file: CheckedFile, source: Source) -> Iterator[Mistake]:
    sections = {
        language: section if isinstance(section, dict) else {}
        for language, section in ({ENGLISH: {}} | file.content).items()
    }
    needed = sections[ENGLISH].keys() | ({"network"} if source.is_network else set())
    for language, section in sections.items():
        try:
            file.parse(Phrases, section, (language,))
        except Mistakes as refused:
            yield from refused.mistakes
        yield from (file.mistake((language, part), "is missing") for part in needed - section.keys())
