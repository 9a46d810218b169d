"""Why a target was missed, or will be, in words a baker understands."""

from decimal import Decimal

from smm.letters.content import Effect, Judged
from smm.letters.lines import Teller
from smm.letters.words import digits

EFFECTS = 3  # that are told each by itself


def because(target: Judged, teller: Teller) -> str:
    """What a value came to since the last comparable month, and what changed it most; empty if nobody can tell."""
    why = target.why
    if why is None:
        return ""
    say, gap, shown = teller.words.say, why.now - why.was, digits(target.unit, why.was, why.now)
    key = "same" if not _seen(gap, target.unit, shown) else "less" if gap < 0 else "more"
    change = say(
        f"why.{key}_foreseen" if target.outlook else f"why.{key}",
        gap=teller.apart(abs(gap), target.unit, shown),
        # the last of the twelve months before has the name of this one
        month=teller.words.month(why.month, year=why.month.month == teller.month.month),
    )
    change = change if change.endswith(".") else f"{change}."  # октябрь 2024 г.
    effects = sorted(why.effects, key=lambda effect: abs(effect.effect), reverse=True)
    largest = [effect for effect in effects[:EFFECTS] if _seen(effect.effect, target.unit, shown)]
    if len(effects) < 2 or not largest:  # it is the change itself
        return change
    told = [_effect(effect, target, teller, shown) for effect in largest]
    rest = gap - sum(effect.effect for effect in largest)
    if len(effects) > len(largest) and _seen(rest, target.unit, shown):
        told.append(say("why.rest", effect=teller.apart(rest, target.unit, shown, signed=True)))
    return say("why.because", change=change, effects=". ".join(told))


def _effect(effect: Effect, target: Judged, teller: Teller, shown: int) -> str:
    words = teller.words
    title = words.say(f"measures.{effect.part}") if words.has(f"measures.{effect.part}") else effect.part
    if effect.network != target.network:
        title = words.say("why.of", title=title, network=words.network(effect.network))
    change = teller.apart(effect.effect, target.unit, shown, signed=True)
    if effect.was is None or effect.now is None:
        return words.say("why.effect_alone", title=title, effect=change)
    places = digits(effect.unit, effect.was, effect.now)
    was, now = (words.amount(number, effect.unit, teller.currency, places) for number in (effect.was, effect.now))
    key = "effect_so_far" if target.is_by_days else "effect"
    return words.say(f"why.{key}", title=title, was=was, now=now, effect=change)


def _seen(difference: Decimal, unit: str, shown: int) -> bool:
    """Whether it is more than nothing with so many digits."""
    return round(difference * (100 if unit == "share" else 1), shown) != 0
