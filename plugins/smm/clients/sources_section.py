"""The section ``sources`` of a client's file, and ``leads``, which is counted by them."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from smm.clients.file import LEAD_PARTS
from smm.files import advice, meant
from smm.files.asked import Place, keys
from smm.files.checked import CheckedFile, Mistake, Mistakes
from smm.files.quoted import quoted
from smm.sources import NAMES, Options, Source, every, named


@dataclass(frozen=True)
class SourceEntry:
    """One entry of ``sources``."""

    source: str  # the name of its source
    options: Options

    @property
    def of(self) -> Source:
        return named(self.source)

    @property
    def connection(self) -> str | None:
        """Airflow's connection, if it has one."""
        return getattr(self.options, "connection", None)


def own_networks(sources: dict[str, SourceEntry]) -> list[str]:
    """The sources of a client that are networks of their own: their entries bear the networks' names."""
    return [name for name, entry in sources.items() if entry.of.is_network]


def read(checked: CheckedFile, mistakes: list[Mistake]) -> dict[str, SourceEntry]:
    """The entries that are in order, by their names; adds to ``mistakes`` what is wrong with the others."""
    sources: dict[str, SourceEntry] = {}
    for name, written in checked.section("sources").items():
        place = ("sources", name)
        kind = written.get("source", name)
        if name.lower() != name and kind == name and name.lower() in NAMES:
            mistakes.append(checked.mistake(place, f"must be in small letters: write {name.lower()}"))
            kind = name.lower()
        elif not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in ("all", "site"):
            mistakes.append(checked.mistake(place, "name the source with a-z, 0-9 and _, not all or site"))
        if kind not in NAMES:
            there_are = f"one of {', '.join(source.name for source in every() if not source.key)}"
            text = f"must be {there_are}, found {quoted(kind)}{meant.question(kind, NAMES)}"
            if "source" not in written:
                fitting = [source for source in NAMES if _fits(named(source), written)]
                add = f"`source: {fitting[0]}`" if len(fitting) == 1 else f"`source:` with {there_are}"
                text = f"has no source: add {add}"
            mistakes.append(checked.mistake((*place, "source") if "source" in written else place, text))
            continue
        if key := named(kind).key:
            example = f"write it beside `sources`, as `{key}: {{path: ...}}`"
            mistakes.append(checked.mistake(place, f"{named(kind).title} do not belong in `sources`: {example}"))
            continue
        entry, own = _entry(checked, place, named(kind), written)
        if entry and not own:
            sources[name] = entry
        mistakes += own
    mistakes += _givers(checked, sources)
    return sources | _keyed(checked, mistakes)


def _entry(
    checked: CheckedFile, place: Place, kind: Source, written: dict[str, Any]
) -> tuple[SourceEntry | None, list[Mistake]]:
    """The entry, if its values are in order; and all that is wrong with it: its keys and the values of those it has."""
    options = {key: value for key, value in written.items() if key != "source"}
    own = list(_keys(checked, place, kind, options))
    fields = kind.options.model_fields
    known = {key: value for key, value in options.items() if key in fields}
    missing = {checked.mistake((*place, key), "").place for key in fields if known.get(key) is None}
    try:
        return SourceEntry(kind.name, checked.parse(kind.options, known, place)), own
    except Mistakes as found:
        return None, own + [mistake for mistake in found.mistakes if not own or mistake.place not in missing]


def _keyed(checked: CheckedFile, mistakes: list[Mistake]) -> dict[str, SourceEntry]:
    """The sources that have a key of their own in the file; each is called as its key."""
    found: dict[str, SourceEntry] = {}
    for source in every():
        written = checked.content.get(source.key) if source.key else None
        if not source.key or not written:
            continue
        if source.key in checked.section("sources"):
            text = f"is the name of what the key `{source.key}` gives: give this source another name"
            mistakes.append(checked.mistake(("sources", source.key), text))
            continue
        with suppress(Mistakes):  # the model of the file tells them
            found[source.key] = SourceEntry(source.name, checked.parse(source.options, written, (source.key,)))
    return found


def _fits(kind: Source, written: dict[str, Any]) -> bool:
    """Whether an entry has the keys of such a source."""
    fields = kind.options.model_fields
    return written.keys() <= fields.keys() and all(
        name in written for name, field in fields.items() if field.is_required()
    )


def _keys(checked: CheckedFile, place: Place, kind: Source, options: dict[str, Any]) -> Iterator[Mistake]:
    """Keys that such a source needs or does not have."""
    fields = kind.options.model_fields
    such = f"{'an' if kind.name[0] in 'aeiou' else 'a'} {kind.name} source"
    needed = [name for name, field in fields.items() if field.is_required()]
    unknown = sorted(options.keys() - fields.keys())
    misspelt = {meant.nearest(name.partition(":")[0], keys(kind.options)) for name in unknown}
    for name in needed:
        if options.get(name) is None and name not in misspelt:
            text = f"{name} is missing: {such} needs {' and '.join(needed)}"
            yield checked.mistake(place, text)
    for name in unknown:
        no_key = f"{name} is not a key of {such}"
        text = advice.unknown(name, options[name], kind.options, no_key=no_key)
        yield checked.mistake((*place, name), text)


def _givers(checked: CheckedFile, sources: dict[str, SourceEntry]) -> Iterator[Mistake]:
    """Two sources that would give the same number: each has one giver."""
    found: dict[Any, str] = {}
    for name, entry in sources.items():
        place = ("sources", name)
        number = getattr(entry.options, entry.of.identity) if entry.of.identity else name
        first = found.setdefault((entry.source, number), name)
        if first != name and entry.of.is_network:
            text = f"{entry.of.identity} {number} is {first} already, and would count twice; remove one of the two"
            yield checked.mistake(place, text)
        if any(given.of != "own" for given in entry.of.gives):
            counter = found.setdefault("site", name)
            if counter != name:
                text = (
                    f"the visits of a site have one source, and {counter} gives them already; remove one of the two,"
                    " or make it a separate client"
                )
                yield checked.mistake(place, text)


def misnamed_leads(checked: CheckedFile) -> Iterator[Mistake]:
    """Parts of the leads that their source does not count, or not so."""
    sources, written = checked.section("sources"), checked.content.get("sources")
    misnamed = {str(name).lower() for name in written} if isinstance(written, dict) else set()
    leads = checked.content.get("leads")
    for part, origin in leads.items() if isinstance(leads, dict) else ():
        if part not in LEAD_PARTS or not isinstance(origin, str):
            continue  # reported by the model
        name, _, event = origin.partition(".")
        kind = sources[name].get("source", name) if name in sources else None
        if name not in sources and name in misnamed:
            continue  # its entry is told to be none
        if kind is None:
            there_are = meant.instead(name, sources, "it has")
            yield checked.mistake(("leads", part), f"{quoted(name)} is not a source of this client; {there_are}")
        elif kind in NAMES and (text := _uncounted(named(kind), name, part, event)):
            yield checked.mistake(("leads", part), text)


def _uncounted(source: Source, name: str, part: str, event: str) -> str | None:
    """Why the source cannot count this part of the leads as it is written."""
    if part not in source.leads:
        return f"{source.title} counts {'only ' if source.leads else 'no leads'}{' and '.join(source.leads)}"
    counted = source.leads[part]
    if counted is None:
        return f"{source.title} counts {part} without an event: write `{part}: {name}`" if event else None
    instead = f"write the {counted.what}'s {counted.by}, such as `{part}: {name}.{counted.example}`"
    if not event:
        return f"names no {counted.what}; {instead}"
    if not re.fullmatch(counted.pattern, event):
        return f"{quoted(event)} is not a {counted.what}'s {counted.by}; {instead}"
    return None
