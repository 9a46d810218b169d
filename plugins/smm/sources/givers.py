"""Who gives which measure: what the sources declare, beside what the catalogue counts."""

from collections.abc import Iterable, Mapping

from smm import sources
from smm.catalogue.measures import Measure
from smm.files.periods import Grain
from smm.sources import Source

GRAINS: tuple[Grain, ...] = ("day", "week", "month")


def of(measure: str) -> list[Source]:
    """The sources that give this measure; if no other does, the lists, in which any may stand."""
    services = [source for source in sources.every() if any(measure in given.measures for given in source.gives)]
    return services or [source for source in sources.every() if source.is_whole and "counts" in source.kinds]


def parts(measures: Mapping[str, Measure], name: str) -> list[str]:
    """What a measure is counted from in the end: measures that sources give; itself, if they give it."""
    found = measures[name].counted_from
    return [part for other in found for part in parts(measures, other)] if found else [name]


def counted_by(measures: Mapping[str, Measure], name: str) -> list[Source]:
    """The sources that a measure rests on: its own, or those of what it is counted from; in the order of all."""
    found = [source.name for part in parts(measures, name) for source in of(part)]
    return [source for source in sources.every() if source.name in found]


def are_networks(measures: Mapping[str, Measure], name: str) -> bool:
    """Whether a measure is counted by networks about their own pages only."""
    return all(source.is_network for source in counted_by(measures, name))


def uncounted(measures: Mapping[str, Measure], source: Source, names: Iterable[str]) -> list[str]:
    """Of these measures, those of pages that this network's source does not count of a month."""
    return [name for name in names if are_networks(measures, name) and not _counts(measures, source, name)]


def _counts(measures: Mapping[str, Measure], source: Source, name: str) -> bool:
    return all(
        any(
            measures[part].kind != "unique" or "month" in given.grains
            for given in source.gives
            if part in given.measures
        )
        for part in parts(measures, name)
    )


def networks() -> list[str]:
    """The networks for whose pages a source gives numbers."""
    return [source.name for source in sources.every() if source.is_network]


def example(measures: Mapping[str, Measure], names: Iterable[str]) -> str:
    """A network of which all of these measures are given."""
    wanted = list(names)
    giving = [one.name for one in sources.every() if all(one in counted_by(measures, name) for name in wanted)]
    return next((name for name in networks() if name in giving), networks()[0])


def grains(measures: Mapping[str, Measure], name: str) -> tuple[Grain, ...]:
    """For which periods a measure exists. Nothing sums a unique: it is there as its sources count it."""
    if measures[name].kind != "unique":
        return GRAINS
    given = [given for source in of(name) for given in source.gives if name in given.measures]
    return tuple(grain for grain in GRAINS if not given or any(grain in each.grains for each in given))
