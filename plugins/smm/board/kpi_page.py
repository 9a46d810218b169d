"""docs/kpis.md, which `python -m smm kpis` prints.

The text is include/kpis/page.md, with the tables that the catalogue writes and the limits that each source has.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from babel import Locale

from smm import sources
from smm.catalogue import Catalogue, Kpi
from smm.catalogue.formula import Term
from smm.files import languages
from smm.project import INCLUDE
from smm.sources import givers

GOALS = {"reputation": "Reputation", "account": "The account", "promotion": "Promotion"}
BETTER = {"up": "more", "down": "less", "band": "as agreed"}


def page(known: Catalogue, template: Path = INCLUDE / "kpis" / "page.md") -> str:
    """The whole page, Markdown."""
    lines = chain.from_iterable(_goal(known, goal) for goal in GOALS)
    text = template.read_text("utf-8").replace("{kpis}\n", "\n".join(lines)).replace("{limits}", "\n".join(_limits()))
    return text.replace("{measures}", "\n".join(_measures(known)))


def _goal(known: Catalogue, goal: str) -> Iterator[str]:
    kpis = {name: kpi for name, kpi in known.kpis.items() if kpi.goal == goal}
    yield from (f"## {GOALS[goal]}", "")
    yield from _table(("KPI", *map(_language, languages.known())), (_words(name, kpi) for name, kpi in kpis.items()))
    yield ""
    heads = ("KPI", "formula", "kinds", "unit", "better", "default", "measured by", "grains", "over `all`")
    yield from _table(heads, (_counting(known, name, kpi) for name, kpi in kpis.items()))
    yield ""


def _words(name: str, kpi: Kpi) -> Iterator[str]:
    yield f"`{name}`"
    for language in languages.known():
        entries = languages.read(language).content
        title, meaning = (languages.of_kpi(entries, language, name, *own) for own in kpi.texts.items())
        yield f"**{title}**<br>{meaning}"


def _language(language: str) -> str:
    """As its speakers call it."""
    return str(Locale.parse(language).display_name).capitalize()


def _counting(known: Catalogue, name: str, kpi: Kpi) -> Iterator[str]:
    found = known.terms[name]
    yield f"`{name}`" + (" **B**" if kpi.business else "")
    yield f"`{kpi.formula}`"
    yield _kinds(known, found)
    yield kpi.unit
    yield BETTER[kpi.direction]
    example = givers.example(known.measures, (term.measure for term in found))
    yield f"`{kpi.default}`" if kpi.default else f"none: write `{example}.{name}`"
    yield counters(known, (term.measure for term in found))
    yield grains(known, (term.measure for term in found))
    yield over_all(known, found)


def over_all(known: Catalogue, found: Iterable[Term]) -> str:
    """Whether the social networks together have a KPI of these terms."""
    own = [known.measures[term.measure] for term in found if not term.network_pin]
    if not own:
        return "only there"
    return "no: not additive" if any(measure.kind == "unique" for measure in own) else "yes"


def _kinds(known: Catalogue, found: tuple[Term, ...]) -> str:
    sides: dict[str, dict[str, None]] = {}
    for term in found:
        sides.setdefault(term.side, {})[known.measures[term.measure].kind] = None
    return " / ".join(", ".join(kinds) for kinds in sides.values())


def counters(known: Catalogue, names: Iterable[str]) -> str:
    """Who measures these measures, and whether something is counted from what they measure."""
    named = list(names)
    counting = {source.name for name in named for source in givers.counted_by(known.measures, name)}
    who = [source.title for source in sources.every() if source.name in counting]
    if any(known.measures[name].counted_from for name in named):
        who.append("counted from it" if len(who) == 1 else "counted from these")
    return ", ".join(who)


def grains(known: Catalogue, names: Iterable[str]) -> str:
    """The periods for which all of these measures exist."""
    shared = set(givers.GRAINS)
    for name in names:
        shared &= set(givers.grains(known.measures, name))
    return ", ".join(grain for grain in givers.GRAINS if grain in shared)


def _measures(known: Catalogue) -> Iterator[str]:
    rows = (
        (
            f"`{name}`",
            measure.kind,
            measure.unit,
            f"counted from `{'`, `'.join(measure.counted_from)}`" if measure.counted_from else counters(known, [name]),
            grains(known, [name]),
            f"group of `{measure.group_of}`" if measure.group_of else "",
        )
        for name, measure in known.measures.items()
    )
    yield from _table(("measure", "kind", "unit", "measured by", "grains", ""), rows)


def _limits() -> Iterator[str]:
    """What each source says of its numbers, if anything: limits.md in its folder."""
    for source in sources.every():
        path = source.folder / "limits.md"
        if path.exists():
            yield from (f"**{source.title[0].upper()}{source.title[1:]}**", "", path.read_text("utf-8"))


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    names = list(heads)
    yield f"| {' | '.join(names)} |"
    yield "|---" * len(names) + "|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"
