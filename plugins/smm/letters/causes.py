"""Why a target was missed, or will be, in words a baker understands: one paragraph.

From the gap to the plan: where it stood before, what has changed most since, and what happened then.
"""

from collections.abc import Iterator
from decimal import Decimal

from smm.letters import foreseen
from smm.letters.content import Effect, Event, Judged, Why
from smm.letters.happenings import Happened, PostCount
from smm.letters.lines import Teller
from smm.letters.words import digits

EFFECTS = 3  # that are told each by itself


def because(target: Judged, teller: Teller, told: set[str] | None = None) -> str:
    """The paragraph; empty if nobody can tell.

    ``told`` are the events and posts that the letter has told already: they are left out, and those of this paragraph
    are added.
    """
    told = set() if told is None else told
    shared = {key: sentence for key, sentence in _happened(target, teller) if key not in told}
    told.update(shared)
    own = [_standing(target, teller), *_effects(target, teller)]
    return " ".join(filter(None, (*own, *shared.values())))


def occurrence(event: Happened | Event) -> str:
    """The same for an event of the client's file, wherever a letter tells of it."""
    return f"{event.first_day} {event.last_day} {event.network} {event.text}"


def _standing(target: Judged, teller: Teller) -> str:
    """How far it is from its plan by the forecast; how far it was before; and how far it went since."""
    now = _now(target)
    bound = None if now is None else _bound(target, now)
    if now is None or bound is None:
        return ""
    say = teller.words.say
    side = "below" if bound == target.low else "above"
    before = _before(target.why, target, now, bound, side, teller) if target.why else ""
    if target.outlook is None:
        return f"{before[:1].upper()}{before[1:]}." if before else ""
    shown = _shown(target, now, bound)
    gap = _apart(abs(now - bound), target, teller, shown)
    told = say(f"why.{side}_foreseen", gap=gap)
    return say("why.from_gap", gap=told, before=before) if before else f"{told}."


def _before(why: Why, target: Judged, now: Decimal, bound: Decimal, side: str, teller: Teller) -> str:
    """``already 815 below this plan in September, then 794 fewer``"""
    say = teller.words.say
    shown = _shown(target, why.was, bound, now)
    was, change = why.was - bound, now - why.was
    is_wrong = was < 0 if side == "below" else was > 0
    stood = "at" if not _seen(was, target.unit, shown) else "already" if is_wrong else "still"
    # the last of the twelve months before has the name of this one
    month = teller.words.in_month(why.month, year=why.month.month == teller.month.month)
    start = say(f"why.{stood}_{side}", gap=_apart(abs(was), target, teller, shown), month=month)
    if not _seen(change, target.unit, shown):
        return say("why.then", before=start, change=say("why.same"))
    way = "more" if change > 0 else "fewer" if target.unit == "count" else "less"
    is_worse = (change < 0) == (side == "below")
    again = "_again" if stood == "already" and is_worse else "" if is_worse else "_in_vain"
    changed = say(f"why.{way}{again}", change=_apart(abs(change), target, teller, shown))
    return say("why.then", before=start, change=changed)


def _now(target: Judged) -> Decimal | None:
    """What it came to; of a running month what is expected, with as many digits as the forecast is told with."""
    return target.value if target.outlook is None else foreseen.middle(target)


def _bound(target: Judged, now: Decimal) -> Decimal | None:
    """The bound on whose wrong side it is; None = neither's."""
    if target.low is not None and now < target.low:
        return target.low
    return target.high if target.high is not None and now > target.high else None


def _effects(target: Judged, teller: Teller) -> list[str]:
    """The parts of the formula that changed it most, a sentence each."""
    why = target.why
    if why is None:
        return []
    gap, shown = why.now - why.was, _shown(target, why.was, why.now)
    effects = sorted(why.effects, key=lambda effect: abs(effect.effect), reverse=True)
    if target.outlook is not None and target.outlook.forecast is None:  # then nobody knows what is to come
        effects = [effect for effect in effects if effect.part != "pace"]
        gap = sum((effect.effect for effect in effects), Decimal(0))
    largest = [effect for effect in effects[:EFFECTS] if _seen(effect.effect, target.unit, shown)]
    if len(effects) < 2 or not largest:  # it is the change itself
        return []
    told = [_effect(effect, target, teller, shown) for effect in largest]
    rest = gap - sum(effect.effect for effect in largest)
    if len(effects) > len(largest) and _seen(rest, target.unit, shown):
        told.append(teller.words.say("why.rest", effect=teller.apart(rest, target.unit, shown, signed=True)))
    return [f"{each}." for each in told]


def _effect(effect: Effect, target: Judged, teller: Teller, shown: int) -> str:
    words = teller.words
    title = words.say(f"measures.{effect.part}") if words.has(f"measures.{effect.part}") else effect.part
    if effect.network != target.network:
        title = words.say("why.of", title=title, network=words.network(effect.network))
    change = teller.apart(effect.effect, target.unit, shown, signed=True)
    if effect.was is None or effect.now is None:
        return words.say("why.effect_alone", title=title, effect=change)
    places = 0 if effect.unit == "count" else digits(effect.unit, effect.was, effect.now)
    was, now = (words.amount(number, effect.unit, teller.currency, places) for number in (effect.was, effect.now))
    if was == now:
        return words.say("why.effect_alone", title=title, effect=change)
    key = "effect_so_far" if target.is_by_days else "effect"
    return words.say(f"why.{key}", title=title, was=was, now=now, effect=change)


def _happened(target: Judged, teller: Teller) -> Iterator[tuple[str, str]]:
    """(what by, the sentence): the events, each with the posts of its days; else the posts of the month."""
    for event in target.happened:
        yield occurrence(event), _event(event, target, teller)
    is_told = any(_explains(event.posts, target) for event in target.happened) or (
        target.why is not None and any(effect.part == "posts" for effect in target.why.effects)
    )
    if target.posts and not is_told and _explains(target.posts, target):
        key = "posts_so_far" if target.posts.is_so_far else "posts"
        told = teller.words.say(f"why.{key}", **_posts(target.posts, target.network, teller))
        yield f"posts {target.posts.network}", told


def _event(event: Happened, target: Judged, teller: Teller) -> str:
    say = teller.words.say
    days = teller.words.days(event.first_day, event.last_day)
    if event.network not in (None, target.network):
        days = say("event", days=days, network=teller.words.network(event.network or "all"))
    text = event.text.strip().rstrip(".")
    if event.posts is None or not _explains(event.posts, target):
        return say("why.event", days=days, text=text)
    key = "event_so_far" if event.posts.is_so_far else "event_posts"
    return say(f"why.{key}", days=days, text=text, **_posts(event.posts, event.network or target.network, teller))


def _explains(posts: PostCount | None, target: Judged) -> bool:
    """Whether there were fewer posts where the target is below its plan, or more where it is above its limit."""
    now = _now(target)
    bound = None if now is None else _bound(target, now)
    if posts is None or posts.was == posts.now:
        return False
    return bound is None or (posts.now < posts.was) == (bound == target.low)


def _posts(posts: PostCount, network: str, teller: Teller) -> dict[str, str]:
    """``network`` is what the sentence is about: another one is named."""
    now = teller.words.count("why.n_posts", posts.now)
    if posts.network != network:
        now = teller.words.say("why.of", title=now, network=teller.words.network(posts.network))
    month = teller.words.in_month(posts.month, year=posts.month.month == teller.month.month)
    return {"posts": now, "was": str(posts.was), "month": month}


def _apart(gap: Decimal, target: Judged, teller: Teller, shown: int) -> str:
    """How far it is or went, without digits if it is whole."""
    is_whole = not round(gap * (100 if target.unit == "share" else 1), shown) % 1
    return teller.apart(gap, target.unit, 0 if is_whole else shown)


def _shown(target: Judged, *numbers: Decimal) -> int:
    """How many digits after the point tell these numbers of the target apart; none of what is counted."""
    return 0 if target.unit == "count" else digits(target.unit, *numbers)


def _seen(difference: Decimal, unit: str, shown: int) -> bool:
    """Whether it is more than nothing with so many digits."""
    return round(difference * (100 if unit == "share" else 1), shown) != 0
