"""One target in words: what was asked, what came of it, how far apart they are, and how earlier months were."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from smm.files import periods
from smm.letters import compared
from smm.letters.content import Judged
from smm.letters.numbers import Number, listed, told
from smm.letters.words import Words, decimals, digits

UNKNOWN = ("not_measured", "not_proven")
STATED = ("plan", "at_least", "at_most", "between")  # rules whose bounds are written, not computed


@dataclass(frozen=True)
class Line:
    """A target as the letter shows it; what does not apply is empty."""

    title: str
    network: str
    asked: str  # with its days and its tolerance
    basis: str  # what a growth is counted from
    fact: str
    difference: str  # of a missed one
    state: str  # why there is no fact, or why nobody can judge it
    since: str  # of one that is not judged yet
    earlier: tuple[tuple[str, str], ...]  # the month before, the same month a year before: month, number
    doubt: str  # that the audit found something unusual in what it is made of
    until: str  # of the plan for a quarter or a campaign: what it came to so far, of how much, until when
    why: str = ""  # of a missed one
    moved: tuple[str, ...] = ()  # since the month before, and since a year before, as far as that can be told


@dataclass(frozen=True)
class Teller:
    """Tells the targets of one month in one language."""

    words: Words
    currency: str
    month: date

    def line(self, target: Judged) -> Line:
        before = periods.month_after(self.month, -1)
        year_ago = self.month.replace(year=self.month.year - 1)
        return Line(
            title=self.title(target),
            network=self.words.network(target.network),
            asked=self.asked(target),
            basis=self.basis(target),
            fact=self.fact(target),
            difference=self.difference(target, signed=True) if target.verdict == "missed" else "",
            state=self.state(target),
            since=self.words.say("not_due", month=self.words.month(target.due_from)),
            doubt=self.doubt(target),
            until=self._until(target),
            earlier=tuple(
                (self.words.month(month), self.number(target, number))
                for month, number in ((before, target.before), (year_ago, target.year_ago))
                if month == before or number.value is not None or number.spent is not None
            ),
            moved=self.moved(target),
        )

    def moved(self, target: Judged) -> tuple[str, ...]:
        """``up 6% on September``, ``down 3% on October 2024``"""
        year_ago = compared.name(self.month.replace(year=self.month.year - 1), self.month, self.words)
        found = (self.since_month_before(target), self.compared(target, target, target.year_ago, year_ago))
        return tuple(filter(None, found))

    def since_month_before(self, target: Judged) -> str:
        """``up 6% on September``; empty if that cannot be told."""
        month = compared.name(periods.month_after(self.month, -1), self.month, self.words)
        return self.compared(target, target, target.before, month)

    def compared(self, target: Judged, now: Number, before: Number, when: str) -> str:
        """How far a number of the target moved since an earlier one; empty if that cannot be told."""
        return compared.compared(now, before, target.unit, when, self.words, self.currency)

    def title(self, target: Judged) -> str:
        return self.words.kpi(target.kpi, "title", target.title)

    def meaning(self, target: Judged) -> str:
        return self.words.kpi(target.kpi, "meaning", target.meaning)

    def fact(self, target: Judged) -> str:
        """What it came to, with its marks; of a cost of nothing, what was spent. Empty if that is not known."""
        if target.value is None and target.spent is None:
            return ""
        return told(target, target.unit, self.currency, self.words, self._shown(target))

    def number(self, target: Judged, number: Number) -> str:
        """Another number of the target's KPI, of an earlier month or of a week, in the same way."""
        return told(number, target.unit, self.currency, self.words)

    def notes(self, number: Number) -> str:
        """What marks the number, without it."""
        return ", ".join(listed(number.marks, self.words))

    def amount(self, target: Judged, value: Decimal | None) -> str:
        """A number beside the target's fact and bounds, with as many digits as they have."""
        return "" if value is None else self.words.amount(value, target.unit, self.currency, self._shown(target))

    def _shown(self, target: Judged) -> int:
        """How many digits its fact and bounds have: those that matter, and all of a bound that was agreed on."""
        agreed = (target.low, target.high) if target.rule in STATED else ()
        written = (decimals(target.unit, bound) for bound in agreed)
        return max(digits(target.unit, target.value, target.low, target.high), *written, 0)

    def bound(self, target: Judged, value: Decimal | None) -> str:
        """What was asked: whole numbers as such (50%), others with the digits of the fact (1.20%)."""
        if any(decimals(target.unit, bound) for bound in (target.low, target.high)):
            return self.amount(target, value)
        if value is None:
            return ""
        if target.unit == "count":  # of 2,928.45, 2,928 is not enough
            value = value.to_integral_value(ROUND_CEILING if value == target.low else ROUND_FLOOR)
        return self.words.amount(value, target.unit, self.currency, 0)

    def difference(self, target: Judged, *, signed: bool = False) -> str:
        """How far the fact is from the bound: 66 (3,9 %); of a share, in percentage points."""
        if target.value is None or target.target is None:
            return ""
        gap = target.value - target.target
        gap = gap if signed else abs(gap)
        shown = self._shown(target)
        absolute = self.apart(gap, target.unit, shown, signed=signed)
        if target.unit == "share" or target.target == 0:
            return absolute
        share = self.words.about(gap / abs(target.target), signed=signed)
        return self.words.say("gap", absolute=absolute, share=share) if share else absolute

    def apart(self, gap: Decimal, unit: str, shown: int, *, signed: bool = False) -> str:
        """How far two numbers are apart, with so many digits; two shares in percentage points."""
        if unit == "share":
            return self.words.points(gap, shown, signed=signed)
        return self.words.amount(gap, unit, self.currency, shown, signed=signed)

    def state(self, target: Judged) -> str:
        """Why nobody can judge it, or why there is no fact; empty if neither is so."""
        marks = target.marks and target.marks.without(target.reason)
        fact = self.fact(target.model_copy(update={"marks": marks}))
        if fact and target.verdict not in UNKNOWN:
            return ""
        reason = self.words.say(f"reasons.{target.reason}")
        return self.words.say(f"states.{target.verdict if fact else 'no_value'}", value=fact, reason=reason)

    def bounds(self, target: Judged) -> str:
        """Between what the fact must lie: 14,250 of a plan · at least 40 · 12 to 20"""
        low, high = self.bound(target, target.low), self.bound(target, target.high)
        if low and high:
            return self.words.say("asked.between", low=low, high=high)
        if low:
            return low if target.rule == "plan" else self.words.say("asked.least", low=low)
        return self.words.say("asked.most", high=high) if high else ""

    def _during(self, target: Judged, asked: str) -> str:
        if target.first_day is None or target.last_day is None:
            return asked
        return self.words.say("asked.days", asked=asked, days=self.words.days(target.first_day, target.last_day))

    def _within(self, target: Judged, asked: str) -> str:
        if not target.tolerance or not asked:
            return asked
        return self.words.say("asked.tolerance", asked=asked, tolerance=self.words.part(target.tolerance))

    def asked(self, target: Judged) -> str:
        """What was asked, with its days and its tolerance."""
        return self._within(target, self._during(target, self.bounds(target)))

    def doubt(self, target: Judged) -> str:
        """That the audit found something unusual in what it is made of."""
        if not target.doubted:
            return ""
        givers = [self.words.giver(source) for source in target.doubted]
        return self.words.say("doubt", source=self.words.enumerate(givers))

    def _until(self, target: Judged) -> str:
        if target.last_day is None:
            return ""
        known = {"asked": self.bounds(target), "day": self.words.day(target.last_day)}
        if target.value is None:
            return self.words.say("running.unknown", state=self.state(target), **known)
        told = self.words.say("running.so_far", value=self.fact(target), **known)
        if is_reached(target):
            return self.words.say("running.also_reached", told=told, reached=self.words.say("running.reached"))
        return told

    def basis(self, target: Judged) -> str:
        """What a growth is counted from; empty if nothing is."""
        if target.growth is None or target.base is None:
            return ""
        growth = self.words.part(target.growth, signed=True)
        base = self.words.amount(target.base, target.unit, self.currency, digits(target.unit, target.base))
        return self.words.say("growth", growth=growth, base=self.words.say(f"bases.{target.over}", base=base))


def is_reached(target: Judged) -> bool:
    """Whether it is on track because what was asked is there already, cannot be lost, and may be exceeded."""
    if target.verdict != "on_track" or target.value is None or target.low is None or target.high is not None:
        return False
    is_safe = target.only_rises
    if is_safe is None:  # a letter of an earlier version
        is_safe = target.outlook is None or target.outlook.forecast is None
    return is_safe and target.value >= target.low
