"""What was done in a month, in words: how many posts were published, what happened, the best posts and the weakest."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from smm.files import periods
from smm.letters.content import Content
from smm.letters.lines import Teller
from smm.letters.numbers import Number, listed, told
from smm.letters.publications import Publication, Publications

EXCERPT = 140  # characters of a post's text
COUNTERS = ("reach", "views", "likes", "comments", "reposts")
# Mail programs make links where nobody wrote any. Addresses are left out; what else looks like a host is broken after
# its dots, where nobody sees it: it may be "ул.Ленина" as well.
ADDRESS = re.compile(r"://|\S@\S|^\W*www\.", re.IGNORECASE)
DOTTED = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2,})")
BREAK = "\N{ZERO WIDTH SPACE}"
HELD = "\N{NO-BREAK SPACE}"
JOINER = "\N{ZERO WIDTH JOINER}"  # within pictograms

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Told:
    """A post as the letter shows it; what is not known is empty."""

    day: str
    text: str  # how it begins
    counters: str  # Reach 1,234 · likes 56 · comments 3 · reposts 7
    note: str  # what must be known beside them
    link: str
    invitation: str  # the words that lead there
    picture: str  # its name among the letter's pictures
    alt: str


@dataclass(frozen=True)
class Group:
    """Posts of one network under one heading."""

    title: str
    basis: str  # over which days they are counted
    posts: tuple[Told, ...]


@dataclass(frozen=True)
class Done:
    counts: Pairs = ()  # how many posts, beside what number
    events: Pairs = ()  # when and where, what
    groups: tuple[Group, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.counts or self.events or self.groups)


NOTHING = Done()


def done(content: Content, events: Pairs, teller: Teller) -> Done:
    """What the letter says of it; nothing in letters of other kinds than a month's."""
    if content.kind not in ("missed", "monthly"):
        return NOTHING
    return Done(
        counts=tuple((_count(each, teller), _beside(each, content, teller)) for each in content.publications),
        events=events,
        groups=tuple(group for each in content.publications for group in _groups(each, teller)),
    )


def excerpt(text: str) -> str:
    """How a post begins, on one line, without anything that a mail program would make a link of."""
    seen = "".join(each if each.isprintable() or each == JOINER else " " for each in text)
    words = ["…" if ADDRESS.search(word) else DOTTED.sub(f".{BREAK}", word) for word in seen.split()]
    plain = " ".join(word for place, word in enumerate(words) if word != "…" or words[place - 1 : place] != ["…"])
    if len(plain) <= EXCERPT:
        return "" if plain == "…" else plain
    head = plain[:EXCERPT].rstrip(JOINER)
    whole = head.rpartition(" ")[0] if " " in head else head
    return f"{whole.rstrip(' .,:;–—…')}…"


def _count(found: Publications, teller: Teller) -> str:
    words, network = teller.words, teller.words.network(found.network)
    if found.count.value is None:
        reason = words.say(f"reasons.{found.count.reason}")
        return words.say("done.unknown", network=network, reason=reason)
    counted = words.count("done.posts", found.count.value, network=network)
    marks = listed(found.count.marks, words)
    return words.say("marked", value=counted, marks=", ".join(marks)) if marks else counted


def _beside(found: Publications, content: Content, teller: Teller) -> str:
    """The plan, the month before and the year before, as far as they are known: Plan: 18 · September: 15"""
    plan = _plan(found, content, teller)
    before = periods.month_after(content.month, -1)
    year_ago = content.month.replace(year=content.month.year - 1)
    sides = [(teller.words.say("plan"), plan)] if plan else []
    sides += [
        (teller.words.month(month), _number(number, teller))
        for month, number in ((before, found.before), (year_ago, found.year_ago))
        if number.value is not None
    ]
    return " · ".join(teller.words.say("done.beside", of=of, number=number) for of, number in sides)


def _plan(found: Publications, content: Content, teller: Teller) -> str:
    """How many were planned: in the client's figures, else by a target on the number of posts."""
    if found.planned is not None and found.planned.value is not None:
        return _number(found.planned, teller)
    targets = (target for target in content.targets if (target.network, target.kpi) == (found.network, "posts"))
    return next((teller.asked(target) for target in targets if target.first_day is None), "")


def _number(number: Number, teller: Teller) -> str:
    return told(number, "count", teller.currency, teller.words)


def _groups(found: Publications, teller: Teller) -> Iterable[Group]:
    if not found.best or found.by is None:
        return
    words, network = teller.words, teller.words.network(found.network)
    weakest = (found.weakest,) if found.weakest else ()
    are_late = all(post.is_late for post in (*found.best, *weakest))  # said once then, and not of each
    best, weak = (tuple(_told(post, teller, are_late=are_late) for post in posts) for posts in (found.best, weakest))
    by = words.say(f"done.by.{found.by}")
    basis = words.say("done.as_of_late" if are_late else "done.as_of")
    yield Group(words.count("done.best", len(best), network=network, by=by), basis, best)
    if weak:
        yield Group(words.say("done.weakest", network=network, by=by), "", weak)


def _told(post: Publication, teller: Teller, *, are_late: bool) -> Told:
    words, network = teller.words, teller.words.network(post.network)
    counters = (
        words.say(f"done.counters.{name}", n=words.amount(Decimal(number), "count", teller.currency, 0)).replace(
            " ", HELD
        )
        for name in COUNTERS
        if (number := getattr(post, name)) is not None
    )
    day = words.day(post.day)
    counted = " · ".join(counters)
    is_noted = {"repost": post.is_repost, "late": post.is_late and not are_late}
    notes = [words.say(f"done.notes.{name}") for name, is_so in is_noted.items() if is_so]
    return Told(
        day=day,
        text=excerpt(post.text),
        counters=counted[:1].upper() + counted[1:],
        note=", ".join(notes),
        link=post.link or "",
        invitation=words.say("done.open", network=network) if post.link else "",
        picture=post.picture or "",
        alt=words.say("done.alt", day=day, network=network),
    )
