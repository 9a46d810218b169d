"""What a month cost in one line: ads + fee = total, of the budget; and what a lead cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from smm.files import periods
from smm.letters import compared
from smm.letters.content import Content, Cost
from smm.letters.numbers import Number, told
from smm.letters.words import Words, digits


@dataclass(frozen=True)
class Sum:
    """What is known of ads, of the fee or of a budget, in the client's currency."""

    value: Decimal
    is_whole: bool  # nothing of it is missing or doubtful


def money(content: Content, words: Words) -> tuple[str, ...]:
    """Up to two sentences; none of what is not known, but that nothing was entered at all."""
    if not content.costs and content.lead_cost is None:
        return (words.say("money.none"),)
    return tuple(filter(None, (total(content, words), _lead(content, words))))


def total(content: Content, words: Words) -> str:
    """Ads + fee, of the budget, beside the month before; empty unless something is known of both."""
    ads, fee = _sum(content.costs, "spend"), _sum(content.costs, "fee")
    if ads is None or fee is None:
        return ""
    amounts = {"ads": ads.value, "fee": fee.value, "total": ads.value + fee.value}
    # with as many digits each: the sum must be seen to be right
    shown = 0 if all(each % 1 == 0 for each in amounts.values()) else 2
    filled = {name: words.amount(each, "money", content.currency, shown) for name, each in amounts.items()}
    if not (ads.is_whole and fee.is_whole):
        return words.say("money.so_far", **filled)
    line = words.say("money.total", **filled)
    budget = _sum(content.costs, "budget")
    if budget and budget.is_whole and budget.value > 0:
        share = _share(amounts["total"] / budget.value, words)
        limit = words.amount(budget.value, "money", content.currency, digits("money", budget.value))
        line = words.say("money.of_budget", line=line, share=share, budget=limit)
    before = [_sum(content.costs_before, measure) for measure in ("spend", "fee")]
    known = [each.value for each in before if each and each.is_whole]
    earlier = Number(client=content.client, value=sum(known, Decimal(0))) if len(known) == len(before) else None
    return _moved(line, Number(client=content.client, value=amounts["total"]), earlier, content, words)


def _share(part: Decimal, words: Words) -> str:
    """More or less than the whole budget is never told as all of it."""
    about = words.about(part) or words.amount(Decimal(0), "share", "", 0)
    return about if part == 1 or about != words.about(Decimal(1)) else words.amount(part, "share", "", 1)


def is_one_number(costs: Iterable[Cost]) -> bool:
    """Whether the line tells all there is: one number, known as a whole."""
    found = list(costs)
    return len(found) == 1 and found[0].value is not None and found[0].marks is None


def _sum(costs: Iterable[Cost], measure: str) -> Sum | None:
    """Of all networks; the site's are not added, they may be theirs. None if nothing is known."""
    found = [cost for cost in costs if cost.measure == measure and cost.network != "site"]
    values = [cost.value for cost in found if cost.value is not None]
    is_whole = len(values) == len(found) and not any(cost.marks for cost in found)
    return Sum(sum(values, Decimal(0)), is_whole) if values else None


def _lead(content: Content, words: Words) -> str:
    cost = content.lead_cost
    if cost is None or (cost.value is None and cost.spent is None):
        return ""
    text = told(cost, "money", content.currency, words)
    if cost.value is None:
        return f"{text[:1].upper()}{text[1:]}."
    return _moved(words.say("money.lead", cost=text), cost, content.lead_cost_before, content, words)


def _moved(line: str, now: Number, before: Number | None, content: Content, words: Words) -> str:
    """The sentence, with how far it moved since the month before, if that is known."""
    if before is not None:
        month = compared.name(periods.month_after(content.month, -1), content.month, words)
        change = compared.compared(now, before, "money", month, words, content.currency)
        line = words.say("money.compared", line=line, change=change) if change else line
    return f"{line}."
