"""What the sources say of themselves: each one's SOURCE, beside the kinds of facts and the catalogue's measures."""

import re
from collections.abc import Iterator, Mapping

from smm import facts, sources
from smm.catalogue.measures import Measure
from smm.files.checked import Mistake
from smm.files.quoted import quoted
from smm.sources import Gives, Source

FILES = ("asking.py", "reading.py", "surveying.py")
MEASURES = "include/measures.yml"


def mistakes(measures: Mapping[str, Measure]) -> Iterator[Mistake]:
    """What is wrong with the sources' Python, as far as it can be seen without asking any service."""
    for name in sources.NAMES:
        yield from (Mistake(f"{name}/__init__.py", 1, "", text) for text in _wrong(name, measures))


def given(source: Source, measures: Mapping[str, Measure]) -> Iterator[Gives]:
    """What the source gives, without what `mistakes` names: a mistake in one source does not stop the others."""
    yield from (gives for gives in source.gives if not [*_misgiven(gives, source, measures)])


def _wrong(name: str, measures: Mapping[str, Measure]) -> Iterator[str]:
    try:
        source = sources.named(name)
    except ValueError as error:
        yield str(error)
        return
    yield from (f"the folder has no {file}" for file in FILES if not (source.folder / file).exists())
    if not isinstance(source.kinds, tuple):
        yield _no_tuple("kinds", source.kinds)
        return
    yield from (
        f"`kinds` names {quoted(kind)}, which is not a kind of facts; there are {', '.join(facts.KINDS)}"
        for kind in source.kinds
        if kind not in facts.KINDS
    )
    if not source.gives and not source.is_whole:
        yield "says nothing in `gives`, so none of its numbers would be counted: name its measures there"
    if source.identity is not None and source.identity not in source.options.model_fields:
        yield f"`identity` is {quoted(source.identity)}, which is not a key of its entry: add it to `options`"
    yield from _misshown(source)
    for gives in source.gives:
        yield from _misgiven(gives, source, measures)


def _misshown(source: Source) -> Iterator[str]:
    """What is wrong with the way to its posts."""
    if source.shows_posts and not (source.folder / "showing.py").exists():
        yield "says `shows_posts=True`, and the folder has no showing.py: write it, or take that out"
    if source.identity is None and (source.shows_posts or source.post_address):
        yield "shows posts, and no `identity` says whose they are: name the option, such as `page`"
    if source.post_address is None:
        return
    host, _, path = source.post_address.removeprefix("https://").partition("/")
    is_own = source.post_address.startswith("https://") and re.fullmatch(r"[\w.-]+", host)
    if not is_own or "{post}" not in path or set(re.findall(r"\{(.*?)\}", path)) - {"identity", "post"}:
        example = "https://rookery.example/{identity}/{post}"
        gaps = "the gaps {identity} and {post}"
        yield f"`post_address` must be an address with its host and {gaps}, such as {example}"


def _misgiven(gives: Gives, source: Source, measures: Mapping[str, Measure]) -> Iterator[str]:
    if gives.kind not in facts.KINDS or gives.kind not in source.kinds:
        yield f"`gives` names the kind {quoted(gives.kind)}; the source's `kinds` are {', '.join(source.kinds)}"
    for key, found in (("measures", gives.measures), ("grains", gives.grains)):
        if not isinstance(found, tuple):
            yield _no_tuple(key, found)
            return
    for measure in gives.measures:
        if measure not in measures:
            text = f"which is not a measure; add `{measure}: {{kind: flow}}` to {MEASURES}"
            yield f"`gives` names {measure!r}, {text}"
        elif measures[measure].counted_from:
            yield f"`gives` names {measure!r}, which is counted from other measures: remove it"


def _no_tuple(key: str, found: object) -> str:
    example = f"({found!r},), with the comma" if isinstance(found, str) else '("likes", "reach")'
    return f"`{key}` must be a tuple such as {example}; found {quoted(found)}"
