"""The catalogue: every KPI in words and formula, the measures it is made of, and whose networks these are."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from smm import catalogue
from smm.board.kpi_page import BETTER, GOALS, counters, grains, over_all
from smm.board.page import render
from smm.board.speech import speech
from smm.catalogue import Catalogue
from smm.catalogue.formula import Term
from smm.catalogue.measures import Measure
from smm.catalogue.networks import Networks
from smm.files.checked import Mistake
from smm.sources import givers

router = APIRouter(include_in_schema=False)

WORD = re.compile(r"([a-z_][a-z0-9_]*)")


@router.get("/catalogue")
def page(request: Request, search: Annotated[str, Query(max_length=100)] = "") -> HTMLResponse:
    """Files only, no query."""
    known, sought = catalogue.read(), search.strip().lower()
    return render(
        request,
        "catalogue.html",
        search=search,
        dark=list(dark(known)),
        groups=list(groups(known, sought)),
        measures=list(measures(known, sought)),
        networks=list(networks(known.networks)),
        kinds=speech().entries["glossary"]["kinds"],
    )


def dark(known: Catalogue) -> Iterator[Mistake]:
    """Why KPIs were refused: they are not computed until the file is fixed."""
    for name in sorted(known.broken):
        yield from known.broken[name].mistakes


def groups(known: Catalogue, search: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The KPIs as they stand in the files of include/kpis/: the name of a file, then what is in it."""
    for file in dict.fromkeys(known.files.values()):
        found = [_kpi(known, name) for name in known.files if known.files[name] == file]
        found = [kpi for kpi in found if _has(search, kpi["id"], kpi["title"], kpi["meaning"], kpi["formula"])]
        if found:
            yield file.removesuffix(".yml").replace("_", " ").capitalize(), found


def measures(known: Catalogue, search: str) -> Iterator[dict[str, Any]]:
    for name, measure in known.measures.items():
        if _has(search, name, measure.kind, *measure.counted_from):
            yield {
                "id": name,
                "kind": measure.kind,
                "unit": measure.unit,
                "measured_by": counters(known, [name]),
                "grains": grains(known, [name]),
                "of": measure.group_of,
                "counted_from": measure.counted_from,
            }


def networks(known: Networks) -> Iterator[dict[str, Any]]:
    """Each network, whether it is part of `all`, and which traffic of a site is its own."""
    for name, is_social in known.names().items():
        yield {"id": name, "is_social": is_social, "traffic": _traffic(known, name)}


def _traffic(known: Networks, name: str) -> str:
    if name in known.social:
        return f"session source {', '.join(known.social[name])}"
    if name.removesuffix("_ads") in known.social:
        return f"the same sources as {name.removesuffix('_ads')}, with a paid medium"
    if name in known.mediums:
        return f"session medium {', '.join(known.mediums[name])}"
    return {
        "direct": "(direct) with no medium",
        "ads": f"other sources with a medium that matches one of {', '.join(known.paid)}",
        "site": "the whole site, from the report by date alone: not the sum of the networks",
    }.get(name, "all that is left")


def _kpi(known: Catalogue, name: str) -> dict[str, Any]:
    kpi, found = known.kpis[name], known.terms[name]
    return {
        "id": name,
        "title": kpi.title["en"],
        "meaning": kpi.meaning["en"],
        "formula": kpi.formula,
        "pieces": list(pieces(kpi.formula, known.measures)),
        "unit": kpi.unit,
        "better": BETTER[kpi.direction],
        "goal": GOALS[kpi.goal],
        "default": kpi.default,
        "example": f"{givers.example(known.measures, (term.measure for term in found))}.{name}",
        "measured_by": counters(known, (term.measure for term in found)),
        "due_month": kpi.due_month,
        "grains": grains(known, (term.measure for term in found)),
        "over_all": over_all(known, found),
        "pins": _pins(found),
    }


def _pins(found: tuple[Term, ...]) -> list[str]:
    return sorted({term.network_pin for term in found if term.network_pin})


def pieces(formula: str, known: dict[str, Measure]) -> Iterator[tuple[str, bool]]:
    """A formula cut into its measures and what stands between them: the text, and whether it is a measure."""
    for piece in WORD.split(formula):
        if piece:
            yield piece, piece in known


def _has(search: str, *texts: str) -> bool:
    return not search or any(search in text.lower() for text in texts)
