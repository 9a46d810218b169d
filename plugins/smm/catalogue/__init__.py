"""The catalogue: networks, measures and KPIs, read and checked from include/, and put into the warehouse.

A KPI is `sum of terms / sum of terms`; a term is a coefficient times a measure, of the row's network or of a pinned
one (``site.sessions``). Everything the SQL needs of a formula is its terms (catalogue.term).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from smm.catalogue import formula, measures
from smm.catalogue.formula import BadFormula, Term
from smm.catalogue.measures import Measure
from smm.catalogue.networks import Networks
from smm.files.checked import CheckedFile, Mistake, Mistakes, misnamed
from smm.files.entry import Entry
from smm.files.languages import ENGLISH, TEXTS
from smm.files.unchanged import while_unchanged
from smm.project import INCLUDE

ENTRY = re.compile(r"^(?P<id>[\w.-]+)\s*:", re.MULTILINE)


class Kpi(Entry):
    """One entry of include/kpis/*.yml."""

    title: dict[str, str] = Field(
        description="language -> text; in English at least", examples=["{en: Reach}", "Reach"]
    )
    meaning: dict[str, str] = Field(examples=["{en: People who saw a post}", "People who saw a post"])
    goal: Literal["reputation", "account", "promotion"]
    formula: str
    unit: Literal["count", "money", "seconds", "share", "ratio"] = "count"
    direction: Literal["up", "down", "band"] = "up"
    business: bool = False
    default: str | None = Field(default=None, description="the network of a bare target")
    may_exceed_one: bool = Field(default=False, description="a share that is not part of a whole")

    @property
    def due_month(self) -> int:
        """The month of work from which on it is judged, unless a client's file says otherwise."""
        return 7 if self.business else 1

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        return {"title": self.title, "meaning": self.meaning}


@dataclass(frozen=True)
class Catalogue:
    networks: Networks
    measures: dict[str, Measure]
    kpis: dict[str, Kpi]
    terms: dict[str, tuple[Term, ...]]
    broken: dict[str, Mistakes]  # KPIs that were refused: they are dark, the others are not
    files: dict[str, str] = field(default_factory=dict)  # of each KPI, the name of the one in which it stands
    before: dict[str, Kpi] = field(default_factory=dict, repr=False)  # KPIs broken while we run, as they were

    def shown(self, kpi: str) -> Kpi | None:
        """The KPI to show numbers by that are stored: as it is, or as it was before it was broken."""
        return self.kpis.get(kpi) or self.before.get(kpi)


def paths(include: Path = INCLUDE) -> list[Path]:
    """What a catalogue is read from."""
    return [include / "networks.yml", include / "measures.yml", *sorted((include / "kpis").glob("*"))]


def _joined(good: Catalogue, found: Catalogue | Exception) -> Catalogue:
    """The catalogue now, with the words of KPIs broken since; if it cannot be read, the old one, and why."""
    if isinstance(found, Mistakes):
        return replace(good, broken=good.broken | {found.mistakes[0].file: found})
    if isinstance(found, Exception):
        raise found
    lost = {name: good.shown(name) for name in found.broken if name not in found.kpis}
    return replace(found, before={name: kpi for name, kpi in lost.items() if kpi})


@while_unchanged(paths, _joined)
def read(include: Path = INCLUDE) -> Catalogue:
    """The catalogue below ``include``. A broken KPI is left out and listed in ``broken``; the rest must be right."""
    origins = CheckedFile(include / "networks.yml").parse(Networks)
    known = Catalogue(origins, measures.read(include / "measures.yml"), {}, {}, {})
    for path in sorted((include / "kpis").glob("*.yml")):
        for key, entry in _entries(path):
            name = str(key)
            try:
                if isinstance(entry, Mistakes):
                    raise entry
                if name in known.files:
                    home = known.files[name]
                    text = f"is an id that {home} has; another KPI, or another meaning of it, needs another id"
                    raise Mistakes([entry.mistake((name,), text)])
                kpi = entry.parse(Kpi, entry.content[key], (name,))
                found = _checked(entry, name, kpi, known)
            except Mistakes as mistakes:
                before = known.broken[name].mistakes if name in known.broken else []
                known.broken[name] = Mistakes([*before, *mistakes.mistakes])
            else:
                known.files[name], known.kpis[name], known.terms[name] = path.name, kpi, found
    for mistake in misnamed(include / "kpis"):
        known.broken[mistake.file] = Mistakes([mistake])
    return known


def _entries(path: Path) -> Iterator[tuple[Any, CheckedFile | Mistakes]]:
    """Each key of a file, with the file as read, or why it cannot be read.

    A file that is no YAML as a whole is read entry by entry, so that a forgotten bracket darkens one KPI and not all
    of them. An entry begins with its id at the beginning of a line.
    """
    if path.is_dir():
        yield path.name, Mistakes([Mistake(path.name, 1, "", "is a folder: write KPIs in files, such as own.yml")])
        return
    try:
        file = CheckedFile(path)
    except Mistakes as refused:
        yield from _one_by_one(path, refused)
    else:
        yield from ((name, file) for name in file.content)


def _one_by_one(path: Path, whole: Mistakes) -> Iterator[tuple[Any, CheckedFile | Mistakes]]:
    try:
        text = path.read_text("utf-8-sig", errors="replace")
    except OSError:
        raise whole from None  # no KPI is taken for gone because a disk was
    starts = [0, *(begin.start() for begin in ENTRY.finditer(text) if begin.start()), len(text)]
    for start, end in pairwise(starts):
        entry = ENTRY.match(text, start)
        try:
            if "\N{REPLACEMENT CHARACTER}" in text[start:end]:
                raise whole
            file = CheckedFile(path, "\n" * text.count("\n", 0, start) + text[start:end])
        except Mistakes as refused:
            yield entry["id"] if entry else path.name, refused
        else:
            yield from ((name, file) for name in file.content)


def _checked(file: CheckedFile, name: str, kpi: Kpi, known: Catalogue) -> tuple[Term, ...]:
    """The terms of an entry. Raises Mistakes, all of them at once."""
    mistakes: list[Mistake] = []
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        mistakes.append(file.mistake((name,), "is not an id; write it with a-z, 0-9 and _, such as cost_per_click"))
    mistakes += [
        file.mistake((name, part), f"has no {ENGLISH}, which is used for every language without a text of its own")
        for part in TEXTS
        if not kpi.texts[part].get(ENGLISH, "").strip()
    ]
    names = {*known.networks.names(), "all"}
    there_are = f"which is not a network; there are {', '.join(sorted(names))}"
    if kpi.default is not None and kpi.default not in names:
        mistakes.append(file.mistake((name, "default"), f"names {kpi.default!r}, {there_are}"))
    found: tuple[Term, ...] = ()
    try:
        found = formula.terms(kpi.formula, known.measures)
    except BadFormula as error:
        mistakes.append(file.mistake((name, "formula"), str(error)))
    else:
        allowed = formula.units(found, known.measures)
        if kpi.unit not in allowed:
            text = f"is {kpi.unit}, but {kpi.formula} gives {allowed[0]}; write unit: {' or '.join(allowed)}"
            mistakes.append(file.mistake((name, "unit"), text))
        mistakes += [file.mistake((name, "default"), text) for text in _misplaced(kpi, found, known)]
    for pin in sorted({term.network_pin for term in found if term.network_pin} - names):
        mistakes.append(file.mistake((name, "formula"), f"pins {pin!r}, {there_are}"))
    if mistakes:
        raise Mistakes(mistakes)
    return found


def _misplaced(kpi: Kpi, found: tuple[Term, ...], known: Catalogue) -> Iterator[str]:
    """What is wrong with the network of a bare target."""
    own = [term.measure for term in found if term.network_pin is None]
    if not own and kpi.default is None:
        yield "is missing: all measures are pinned, so name the network of the KPI, such as default: all"
    people = [measure for measure in own if known.measures[measure].kind == "unique"]
    if people and kpi.default == "all":
        text = f"is all, which has no {people[0]}: people are not added up over networks"
        yield f"{text}; write one network, or leave default out"
