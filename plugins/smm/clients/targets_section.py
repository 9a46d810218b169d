"""The section ``targets`` of a client's file."""

from collections.abc import Iterator
from typing import Any

from smm.catalogue import Catalogue, Kpi, shares
from smm.catalogue.spans import check_sum
from smm.clients.file import OVER, Rule, Target
from smm.clients.numbers import number
from smm.files.asked import Place
from smm.files.checked import CheckedFile, Mistake, Mistakes
from smm.sources.cells import cell


def read(
    checked: CheckedFile, networks: set[str], catalogue: Catalogue, mistakes: list[Mistake], dark: list[Mistake]
) -> list[Target]:
    """Those that are in order; adds to ``mistakes`` what is wrong, to ``dark`` what waits for its KPI to be fixed."""
    targets: dict[tuple[str, str], Target] = {}
    for key, rule in checked.section("targets").items():
        place = ("targets", key)
        own: list[Mistake] = []
        try:
            checked.parse(Rule, rule, place)
        except Mistakes as found:
            own += found.mistakes
        network, kpi, text = cell(key, networks, catalogue)
        if kpi in catalogue.broken and kpi not in catalogue.kpis:
            why = catalogue.broken[kpi].mistakes[0]
            dark.append(checked.mistake(place, f"is not judged until its KPI is fixed: {why}"))
            mistakes += own
            continue
        if text:
            own.append(checked.mistake(place, text))
        elif (network, kpi) in targets:
            own.append(checked.mistake(place, f"{network}.{kpi} has a target already"))
        if not own:
            target = checked.parse(Target, {**rule, "network": network, "kpi": kpi}, place)
            own += _sums(checked, place, target, catalogue)
            own += _steps(checked, place, target, catalogue)
        if not own:
            own += _shares(checked, place, rule, catalogue.kpis[kpi])
        if not own:
            targets[network, kpi] = target
        mistakes += own
    if sum(target.main for target in targets.values()) > 1:
        mistakes.append(checked.mistake(("targets",), "only one target may be the main one"))
    return list(targets.values())


def _sums(checked: CheckedFile, place: Place, target: Target, catalogue: Catalogue) -> Iterator[Mistake]:
    """The quarters and campaigns of a plan whose KPI is no sum of days."""
    for span in target.plan or ():
        try:
            check_sum(catalogue, target.kpi, span)
        except ValueError as error:
            yield checked.mistake((*place, "plan", str(span)), str(error))


def _steps(checked: CheckedFile, place: Place, target: Target, catalogue: Catalogue) -> Iterator[Mistake]:
    """A plan that asks of nothing, and stages that would lead down what is to rise."""
    if target.plan == {} and not checked.content.get("plans"):
        text = "has no month: write one, such as plan: {2026-01: 1500}, or name a table of plans"
        yield checked.mistake((*place, "plan"), text)
    staged = target.from_baseline
    if staged and staged.to < 1 and catalogue.kpis[target.kpi].direction != "down":
        text = f"is {staged.to}, a floor that falls, but {target.kpi} should rise: write above 1 (1.2 is a fifth more)"
        yield checked.mistake((*place, "from_baseline", "to"), text)


def _shares(checked: CheckedFile, place: Place, rule: dict[str, Any], kpi: Kpi) -> Iterator[Mistake]:
    """Percent where none can be, and shares that were probably meant to be percent; ``rule`` is as it was written."""
    written: dict[Place, Any] = {(name,): rule.get(name) for name in ("at_least", "at_most")}
    written |= {("between", index): value for index, value in enumerate(rule.get("between") or ())}
    written |= {("plan", text): value for text, value in (rule.get("plan") or {}).items()}
    written |= {("over",): rule.get("over")} if rule.get("over") not in OVER else {}
    for key, value in written.items():
        if value is not None:
            try:
                shares.check(kpi, number(value), isinstance(value, str))
            except ValueError as error:
                yield checked.mistake((*place, *key), str(error))
    growth = rule.get("growth")
    if growth is not None and not isinstance(growth, str):
        try:
            shares.check_bare(number(growth), may_exceed_one=True)
        except ValueError as error:
            yield checked.mistake((*place, "growth"), str(error))
