"""The catalogue: networks, measures and KPIs, read and checked from include/, and put into the warehouse.

A KPI is `sum of terms / sum of terms`; a term is a coefficient times a measure, of the row's network or of a pinned
one (``site.sessions``). Everything the SQL needs of a formula is its terms (catalogue.term).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import sqlglot
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from sqlglot import exp
from sqlglot.errors import SqlglotError

from smm.checked import CheckedFile, Mistake, Mistakes
from smm.project import INCLUDE
from smm.warehouse import Connection, copy, lock

LANGUAGES = ("en", "ru", "sv")
Side = Literal["numerator", "denominator"]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Networks(Entry):
    """include/networks.yml: whose traffic a GA4 session is."""

    social: dict[str, list[str]]
    paid: list[str]
    mediums: dict[str, list[str]]

    def names(self) -> dict[str, bool]:
        """Every network, and whether it is a social one, that is: part of ``all``."""
        social = [name + twin for name in self.social for twin in ("", "_ads")]
        return dict.fromkeys(social, True) | dict.fromkeys([*self.mediums, "direct", "ads", "other", "site"], False)


class Measure(Entry):
    """One line of include/measures.yml."""

    kind: Literal["flow", "stock", "unique"]
    unit: Literal["count", "money", "seconds"] = "count"
    report: str | None = None


class Kpi(Entry):
    """One entry of include/kpis/*.yml."""

    title: dict[Literal["en", "ru", "sv"], str]
    meaning: dict[Literal["en", "ru", "sv"], str]
    goal: Literal["reputation", "account", "promotion"]
    formula: str
    unit: Literal["count", "money", "seconds", "share", "ratio"] = "count"
    direction: Literal["up", "down", "band"] = "up"
    business: bool = False
    default: str | None = Field(default=None, description="the network of a bare target")


@dataclass(frozen=True)
class Term:
    """``coefficient`` x ``measure``, of the KPI's own network or of the pinned one."""

    side: Side
    network_pin: str | None
    measure: str
    coefficient: Decimal


@dataclass(frozen=True)
class Catalogue:
    networks: Networks
    measures: dict[str, Measure]
    sources: dict[str, str]  # measure -> ga4, vk, figures, derived
    kpis: dict[str, Kpi]
    terms: dict[str, tuple[Term, ...]]
    broken: dict[str, Mistakes]  # KPI files or entries that were refused: their KPIs are dark, the others are not


class BadFormula(ValueError):
    """A formula that the catalogue cannot compute; the text says what to write instead."""


def terms(formula: str, measures: dict[str, Measure]) -> tuple[Term, ...]:
    """Read a formula, such as ``(spend * 1000) / all.impressions``, into its terms.

    Raises BadFormula for what is not a sum of terms divided by a sum of terms, and for unknown measures.
    """
    try:
        tree = sqlglot.parse_one(formula, dialect="postgres")
    except SqlglotError:
        raise BadFormula(f"cannot be read: {formula!r}; write measures with + - * / and brackets") from None
    tree = tree.unnest()
    sides: dict[Side, exp.Expr] = {"numerator": tree}
    if isinstance(tree, exp.Div):
        sides = {"numerator": tree.this, "denominator": tree.expression}
    found: dict[tuple[Side, str | None, str], Decimal] = {}
    for side, part in sides.items():
        for pin, measure, coefficient in _linear(part, Decimal(1)):
            if measure not in measures:
                raise BadFormula(f"names {measure!r}, which is no measure of include/measures.yml")
            key = (side, pin, measure)
            found[key] = found.get(key, Decimal(0)) + coefficient
    return tuple(Term(side, pin, measure, value) for (side, pin, measure), value in found.items() if value)


def _linear(part: exp.Expr, factor: Decimal) -> Iterable[tuple[str | None, str, Decimal]]:
    part = part.unnest()
    if isinstance(part, exp.Column) and not part.args.get("db"):
        yield part.table or None, part.name, factor
    elif isinstance(part, exp.Add):
        yield from _linear(part.this, factor)
        yield from _linear(part.expression, factor)
    elif isinstance(part, exp.Sub):
        yield from _linear(part.this, factor)
        yield from _linear(part.expression, -factor)
    elif isinstance(part, exp.Neg):
        yield from _linear(part.this, -factor)
    elif isinstance(part, exp.Mul) and isinstance(part.expression.unnest(), exp.Literal):
        yield from _linear(part.this, factor * Decimal(part.expression.unnest().name))
    elif isinstance(part, exp.Mul) and isinstance(part.this.unnest(), exp.Literal):
        yield from _linear(part.expression, factor * Decimal(part.this.unnest().name))
    elif isinstance(part, exp.Div):
        raise BadFormula("divides twice; a KPI is one sum divided by one sum: a ratio is never added or averaged")
    else:
        raise BadFormula(f"has {part.sql()!r}; only measures, numbers, + - * and one / may stand in it")


@cache
def read(include: Path = INCLUDE) -> Catalogue:
    """The catalogue below ``include``. A broken KPI is left out and told in ``broken``; the rest must be right."""
    networks = CheckedFile(include / "networks.yml").parse(Networks)
    by_source = TypeAdapter(dict[str, dict[str, Measure]]).validate_python(
        CheckedFile(include / "measures.yml").content
    )
    measures = {name: measure for group in by_source.values() for name, measure in group.items()}
    sources = {name: source for source, group in by_source.items() for name in group}
    kpis: dict[str, Kpi] = {}
    formulas: dict[str, tuple[Term, ...]] = {}
    broken: dict[str, Mistakes] = {}
    for path in sorted((include / "kpis").glob("*.yml")):
        try:
            file = CheckedFile(path)
        except Mistakes as mistakes:
            broken[path.stem] = mistakes
            continue
        for name, content in file.content.items():
            try:
                kpi = file.parse(Kpi, content, (name,))
                found = _checked(file, name, kpi, measures, networks, kpis)
            except Mistakes as mistakes:
                broken[str(name)] = mistakes
            else:
                kpis[name], formulas[name] = kpi, found
    return Catalogue(networks, measures, sources, kpis, formulas, broken)


def _checked(
    file: CheckedFile, name: str, kpi: Kpi, measures: dict[str, Measure], networks: Networks, kpis: dict[str, Kpi]
) -> tuple[Term, ...]:
    mistakes: list[Mistake] = []
    if name in kpis:
        mistakes.append(file.mistake((name,), "is an id that another KPI has"))
    mistakes += [
        file.mistake((name, texts), f"has no {language}")
        for texts in ("title", "meaning")
        for language in LANGUAGES
        if language not in getattr(kpi, texts)
    ]
    known = {*networks.names(), "all"}
    if kpi.default is not None and kpi.default not in known:
        mistakes.append(file.mistake((name, "default"), f"names no network: {kpi.default!r}"))
    found: tuple[Term, ...] = ()
    try:
        found = terms(kpi.formula, measures)
    except BadFormula as error:
        mistakes.append(file.mistake((name, "formula"), str(error)))
    for term in found:
        if term.network_pin is not None and term.network_pin not in known:
            mistakes.append(file.mistake((name, "formula"), f"pins {term.network_pin!r}, which is no network"))
    if mistakes:
        raise Mistakes(mistakes)
    return found


def store(warehouse: Connection, catalogue: Catalogue) -> None:
    """Make the schema ``catalogue`` say what the files say, in the caller's transaction."""
    fingerprint = hashlib.sha256(repr(catalogue).encode()).hexdigest()
    lock(warehouse, "catalogue")
    if warehouse.execute("select from catalogue.filled where digest = %s", [fingerprint]).fetchone() is not None:
        return  # whoever reads it is not kept waiting for nothing
    networks = catalogue.networks
    warehouse.execute(
        "truncate catalogue.term, catalogue.kpi, catalogue.measure,"
        " catalogue.traffic_source, catalogue.traffic_medium, catalogue.network, catalogue.filled"
    )
    warehouse.execute("insert into catalogue.filled values (%s)", [fingerprint])
    copy(warehouse, "catalogue.network", ("network", "is_social"), networks.names().items())
    copy(
        warehouse,
        "catalogue.traffic_source",
        ("source", "network"),
        ((source, name) for name, sources in networks.social.items() for source in sources),
    )
    copy(
        warehouse,
        "catalogue.traffic_medium",
        ("medium", "network", "is_paid"),
        [(medium, "ads", True) for medium in networks.paid]
        + [(medium, name, False) for name, mediums in networks.mediums.items() for medium in mediums],
    )
    copy(
        warehouse,
        "catalogue.measure",
        ("measure", "kind", "unit", "source", "report"),
        ((name, m.kind, m.unit, catalogue.sources[name], m.report) for name, m in catalogue.measures.items()),
    )
    copy(
        warehouse,
        "catalogue.kpi",
        ("kpi", "unit", "direction", "goal", "is_business", "default_network", "formula"),
        (
            (name, kpi.unit, kpi.direction, kpi.goal, kpi.business, kpi.default, kpi.formula)
            for name, kpi in catalogue.kpis.items()
        ),
    )
    copy(
        warehouse,
        "catalogue.term",
        ("kpi", "side", "network_pin", "measure", "coefficient"),
        (
            (name, term.side, term.network_pin, term.measure, term.coefficient)
            for name, found in catalogue.terms.items()
            for term in found
        ),
    )
