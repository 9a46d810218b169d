"""Formulas: read into terms, and refused where their sum would mean nothing.

A formula is one sum of measures, or one such sum divided by another. What may be added is the measures' kinds to say:

* flows are added, with any factors;
* a stock stands alone, or as the difference between two moments of itself;
* a unique stands alone, without a factor. Only groups into which its source divides one count may be added to each
  other, and one of them taken from the whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.dialects import Postgres
from sqlglot.errors import SqlglotError

from smm.catalogue.measures import Measure, origin

Side = Literal["numerator", "denominator"]
Sum = dict[tuple[str | None, str], Decimal]  # (network pin, measure) -> coefficient
LONGEST = 500  # signs of a formula
LEAST, MOST = Decimal("1e-9"), Decimal("1e12")  # of a coefficient
SHAPE = "a KPI is one sum of measures, or one such sum divided by another, such as (spend + fee) * 1000 / impressions"


@dataclass(frozen=True)
class Term:
    """``coefficient`` x ``measure``, of the KPI's own network or of the pinned one."""

    side: Side
    network_pin: str | None
    measure: str
    coefficient: Decimal


class BadFormula(ValueError):
    """A formula that the catalogue cannot compute; the text says what was found and what to write instead."""


def terms(formula: str, measures: Mapping[str, Measure]) -> tuple[Term, ...]:
    """Read a formula, such as ``(spend * 1000) / all.impressions``, into its terms. Raises BadFormula."""
    if not formula.strip():
        raise BadFormula("is empty; write a measure, such as sessions, or a sum divided by a sum")
    if len(formula) > LONGEST:
        raise BadFormula(f"has {len(formula):,} characters; at most {LONGEST} are allowed: {SHAPE}")
    if comment := next((sign for sign in ("--", "/*") if sign in formula), None):
        raise BadFormula(
            f"has {comment}, which begins a comment: {formula!r}; write measures with + - * / and brackets"
        )
    try:
        return _terms(sqlglot.parse_one(formula, dialect=Postgres).unnest(), measures)
    except (SqlglotError, RecursionError):
        raise BadFormula(f"cannot be read: {formula!r}; write measures with + - * / and brackets") from None


def _terms(tree: exp.Expr, measures: Mapping[str, Measure]) -> tuple[Term, ...]:
    sides: dict[Side, exp.Expr] = {"numerator": tree}
    if isinstance(tree, exp.Div):
        sides = {"numerator": tree.this, "denominator": tree.expression}
    found: list[Term] = []
    for side, part in sides.items():
        total = _sum(part, measures)
        if not total:
            what = "divides by" if side == "denominator" else "is"
            raise BadFormula(f"{what} {part.sql()}, which is always zero; remove it")
        _check_size(total)
        _check_units(total, measures)
        _check_kinds(total, measures)
        found += [Term(side, pin, measure, coefficient) for (pin, measure), coefficient in total.items()]
    return tuple(found)


def units(found: Iterable[Term], measures: Mapping[str, Measure]) -> tuple[str, ...]:
    """The units that a KPI of these terms can have; the first is the one to propose."""
    unit: dict[Side, str] = {term.side: measures[term.measure].unit for term in found}
    top, bottom = unit["numerator"], unit.get("denominator")
    if top == bottom:
        return "share", "ratio"
    if top != "count":
        return (top,)
    return ("ratio",) if bottom else ("count", "ratio")  # a median has decimals


def _sum(part: exp.Expr, measures: Mapping[str, Measure]) -> Sum:
    if part.find(exp.Div) is None and part.find(exp.Column) is None and part.find(exp.Literal) is not None:
        if isinstance(part.parent, exp.Div):
            raise BadFormula(f"divides by {part.sql()} alone; write a factor instead, such as spend * 0.5")
        raise BadFormula(f"has no measure, only {part.sql()}; write one, such as sessions")
    total: Sum = {}
    for pin, measure, coefficient in _linear(part, Decimal(1)):
        if measure not in measures:
            near = get_close_matches(measure, measures, 1, cutoff=0.8)
            instead = f"write {near[0]}" if near else "write measures, not KPIs"
            raise BadFormula(f"names {measure!r}, which is not a measure in include/measures.yml; {instead}")
        total[pin, measure] = total.get((pin, measure), Decimal(0)) + coefficient
    return {key: coefficient for key, coefficient in total.items() if coefficient}


def _linear(part: exp.Expr, factor: Decimal) -> Iterable[tuple[str | None, str, Decimal]]:
    """The measures of a sum, each with its pin and coefficient."""
    part = part.unnest()
    if isinstance(part, exp.Column) and not part.args.get("db"):
        yield part.table or None, part.name, factor
    elif isinstance(part, exp.Add | exp.Sub):
        yield from _linear(part.this, factor)
        yield from _linear(part.expression, -factor if isinstance(part, exp.Sub) else factor)
    elif isinstance(part, exp.Neg):
        yield from _linear(part.this, -factor)
    elif isinstance(part, exp.Mul):
        left, right = part.this.unnest(), part.expression.unnest()
        if (times := _number(right)) is not None:
            yield from _linear(left, factor * times)
        elif (times := _number(left)) is not None:
            yield from _linear(right, factor * times)
        elif part.find(exp.Div):
            raise BadFormula(f"multiplies a ratio: {part.sql()}; {SHAPE}")
        else:
            raise BadFormula(f"multiplies measures: {part.sql()}; a measure is multiplied by a number only; {SHAPE}")
    elif isinstance(part, exp.Div):
        raise BadFormula(f"divides within a sum, or twice: {part.sql()}; a ratio is never added or averaged; {SHAPE}")
    elif _number(part) is not None:
        raise BadFormula(f"adds the number {part.name} to measures; a number can only multiply one, as in spend * 1000")
    else:
        raise BadFormula(f"has {part.sql()}; only measures, numbers, + - * and one / are allowed")


def _number(part: exp.Expr) -> Decimal | None:
    if isinstance(part, exp.Neg):
        number = _number(part.this.unnest())
        return None if number is None else -number
    return Decimal(part.name) if isinstance(part, exp.Literal) and not part.is_string else None


def _check_size(total: Sum) -> None:
    for (_, measure), coefficient in total.items():
        if not LEAST <= abs(coefficient) <= MOST:
            raise BadFormula(
                f"multiplies {measure} by {coefficient.normalize()}; a factor is between {LEAST:f} and {MOST:,f}"
            )


def _check_units(total: Sum, measures: Mapping[str, Measure]) -> None:
    named = {measures[measure].unit: measure for _, measure in total}
    if len(named) > 1:
        mixed = " to ".join(f"{measure} ({unit})" for unit, measure in named.items())
        raise BadFormula(f"adds {mixed}; add only what has one unit, or divide one by the other")


def _check_kinds(total: Sum, measures: Mapping[str, Measure]) -> None:
    kinds = {measures[measure].kind for _, measure in total}
    if "unique" in kinds:
        _check_unique(total, measures)
    elif "stock" in kinds:
        _check_stock(total, measures)


def _check_unique(total: Sum, measures: Mapping[str, Measure]) -> None:
    for pin, measure in total:
        if pin == "all" and measures[measure].kind == "unique":
            text = f"pins {measure} to all, where it does not exist: people are not added up over networks"
            raise BadFormula(f"{text}; pin one network, such as instagram.{measure}")
    if len(total) == 1:
        ((_, measure), coefficient), *_ = total.items()
        if coefficient != 1:
            text = f"multiplies {measure}, a unique, by {coefficient}; a unique is used only as its source counted it"
            raise BadFormula(f"{text}: put the factor on the other side of the division, or leave it out")
        return
    if other := [measure for _, measure in total if measures[measure].kind != "unique"]:
        unique = next(measure for _, measure in total if measures[measure].kind == "unique")
        raise BadFormula(
            f"adds {unique}, a unique, to {other[0]}, a {measures[other[0]].kind}; people can be added to nothing else:"
            " divide one by the other"
        )
    if not _is_division(total, measures):
        raise BadFormula(
            f"adds {' and '.join(_name(key) for key in total)}, uniques, in which a person may be counted twice; use"
            " one of them (only groups of one count, `group_of` in include/measures.yml, can be added or subtracted)"
        )


def _is_division(total: Sum, measures: Mapping[str, Measure]) -> bool:
    """Whether it is groups of one count added up, or one of them taken from it, all of one network."""
    groups = {measure: coefficient for (_, measure), coefficient in total.items() if measures[measure].group_of}
    wholes = {measure: coefficient for (_, measure), coefficient in total.items() if measure not in groups}
    divided = {measures[measure].group_of for measure in groups}
    if len({pin for pin, _ in total}) > 1 or len(divided) != 1:
        return False
    if wholes:  # less one group only: somebody may be in two
        return wholes == dict.fromkeys(divided, Decimal(1)) and list(groups.values()) == [-1]
    return set(groups.values()) == {1}


def _check_stock(total: Sum, measures: Mapping[str, Measure]) -> None:
    stock = next(measure for _, measure in total if measures[measure].kind == "stock")
    for _, measure in total:
        if measures[measure].kind != "stock":
            text = f"adds {stock}, a stock, to {measure}, a {measures[measure].kind}; a level at one moment cannot be"
            raise BadFormula(f"{text} added to what happens in a period: divide one by the other")
        if origin(measures, measure) != origin(measures, stock):
            raise BadFormula(f"adds {stock} and {measure}, two stocks; only a difference of one stock makes sense")
    if len({measure for _, measure in total}) > 1 and sum(total.values()) != 0:
        raise BadFormula(
            f"adds {' and '.join(_name(key) for key in total)}, one stock at two moments; write their difference, or"
            " the measure that is their average"
        )


def _name(key: tuple[str | None, str]) -> str:
    return ".".join(filter(None, key))
