"""The languages that letters can be in: those of which there is a file, include/locale/<language>.yml.

A file has every phrase of en.yml. What it calls the KPIs stands under ``kpis`` (``kpis: {reach: {title: ...}}``), or
with the KPI in include/kpis/; a KPI that has no words in either is told in English. What it calls a source stands with
the source (`smm.sources.words`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError

from smm.files import meant
from smm.files.asked import Place
from smm.files.checked import CheckedFile, Mistake, Mistakes
from smm.files.quoted import quoted
from smm.project import INCLUDE

FOLDER = INCLUDE / "locale"
ENGLISH = "en"
TEXTS = ("title", "meaning")  # of a KPI
FORM = re.compile(r"zero|one|two|few|many|other|=\d+")  # CLDR's plurals, or of one number alone

Texts = Mapping[str, str]
"""Language -> text."""


def known(folder: Path | None = None) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (folder or FOLDER).glob("*.yml")))


def read(language: str, folder: Path | None = None) -> CheckedFile:
    """The language's file. Raises Mistakes."""
    return CheckedFile((folder or FOLDER) / f"{language}.yml")


def is_one(language: str) -> str:
    """The language itself. Raises ValueError if there is none of that name."""
    if language not in known():
        there_are = ", ".join(known())
        raise ValueError(f"must be one of {there_are}, found {quoted(language)}{meant.question(language, known())}")
    return language


def title(language: str) -> str:
    """What English calls the language: German for de."""
    return Locale.parse(language).get_display_name(ENGLISH) or language


def of_kpi(entries: Mapping[str, Any], language: str, kpi: str, part: str, own: Texts) -> str:
    """A KPI's title or meaning: as the language's file has it, else as the KPI itself has it, else in English."""
    stands: str | None = (entries.get("kpis") or {}).get(kpi, {}).get(part)
    return stands or own.get(language) or own[ENGLISH]


def mistakes(kpis: Mapping[str, Mapping[str, Texts]], folder: Path | None = None) -> Iterator[Mistake]:
    """What is wrong with the files; ``kpis`` are the texts of the catalogue's, by KPI and part."""
    english = read(ENGLISH, folder).content
    for language in known(folder):
        try:
            file = read(language, folder)
            forms = {*Locale.parse(language).plural_form.tags, "other"}
        except Mistakes as refused:
            yield from refused.mistakes
        except (UnknownLocaleError, ValueError):
            path = (folder or FOLDER) / f"{language}.yml"
            yield Mistake(path.name, 1, "", f"name it by a language that CLDR knows, such as de.yml, not {language!r}")
        else:
            yield from _phrases(file, english, forms)
            yield from _own_kpis(file, kpis)


def untold(kpis: Mapping[str, Mapping[str, Texts]], folder: Path | None = None) -> Iterator[Mistake]:
    """The KPIs that letters tell in English for want of words: no mistake, but worth knowing."""
    for language in known(folder):
        try:
            file = read(language, folder)
        except Mistakes:
            continue  # told by `mistakes`
        own = _section(file)
        for part in TEXTS:
            missing = [kpi for kpi, texts in kpis.items() if not (_of(own, kpi, part) or texts[part].get(language))]
            if missing:
                text = f"has no {part} of {', '.join(missing)}; letters in {language} say it in English"
                yield file.mistake(("kpis",), text)


def _section(file: CheckedFile) -> dict[str, Any]:
    found = file.content.get("kpis")
    return found if isinstance(found, dict) else {}


def _of(own: Mapping[str, Any], kpi: str, part: str) -> Any:
    entry = own.get(kpi)
    return entry.get(part) if isinstance(entry, dict) else None


def _phrases(file: CheckedFile, english: Any, forms: set[str], place: Place = ()) -> Iterator[Mistake]:
    """What is missing of the English phrases below a place, and what has other gaps than they have."""
    for key, wanted in english.items():
        here = (*place, key)
        found = _at(file, here)
        if isinstance(wanted, dict) and isinstance(found, dict):
            if all(map(FORM.fullmatch, wanted)):
                yield from _plural(file, wanted, found, forms, here)
            else:
                yield from _phrases(file, wanted, forms, here)
        elif found is None or isinstance(wanted, dict) or isinstance(found, dict | list):
            yield file.mistake(here, f"is missing; en.yml has {wanted!r}")
        elif gaps(wanted) != gaps(found):
            yield file.mistake(here, f"must have the gaps {named(gaps(wanted))}, found {found!r}")


def _plural(
    file: CheckedFile, wanted: dict[str, Any], found: dict[str, Any], forms: set[str], place: Place
) -> Iterator[Mistake]:
    yield from (file.mistake((*place, form), "is missing: numbers ask for it") for form in sorted(forms - set(found)))
    own = {form for form in found if form.startswith("=")}
    for form in sorted(set(found) - forms - own):
        yield file.mistake((*place, form), f"is no form of this language; it has {', '.join(sorted(forms))}")
    fillable = set[str]().union(*map(gaps, wanted.values()))
    for form in sorted((forms | own) & set(found)):
        if not gaps(found[form]) <= fillable:
            yield file.mistake((*place, form), f"can have the gaps {named(fillable)}, found {found[form]!r}")


def _own_kpis(file: CheckedFile, kpis: Mapping[str, Any]) -> Iterator[Mistake]:
    section = file.content.get("kpis")
    if section is not None and not isinstance(section, dict):
        yield file.mistake(("kpis",), "must be KPIs with their words, such as reach: {title: ..., meaning: ...}")
    for kpi, entry in _section(file).items():
        if kpi not in kpis:
            yield file.mistake(("kpis", kpi), "is not a KPI; see include/kpis/")
        elif not isinstance(entry, dict) or not entry.keys() <= set(TEXTS) or not all(map(_is_text, entry.values())):
            yield file.mistake(("kpis", kpi), "must have a title and a meaning, such as {title: ..., meaning: ...}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _at(file: CheckedFile, place: Place) -> Any:
    entry = file.content
    for part in place:
        entry = entry.get(part) if isinstance(entry, dict) else None
    return entry


def gaps(phrase: Any) -> set[str]:
    """The names in a phrase's {braces}."""
    return set(re.findall(r"{(\w+)}", str(phrase)))


def named(names: Iterable[str]) -> str:
    """These gaps, as a mistake has them."""
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"
