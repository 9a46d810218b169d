"""What a month cost, in words: all ads of the client, by network where there are more, and the fee."""

from collections.abc import Sequence
from decimal import Decimal

from smm.letters.content import Content, Cost
from smm.letters.money import is_one_number, total
from smm.letters.numbers import Number, told
from smm.letters.words import Words


def costs(content: Content, words: Words) -> tuple[tuple[str, str], ...]:
    """(for what, how much), but for what the line of `money` tells as well.

    What is known of a sum is told, and beside it what is not known.

    ``site`` is the whole site: its costs may be those of the networks, so they are not added.
    """
    found: dict[tuple[str, bool], list[Cost]] = {}
    for cost in content.costs:
        if cost.measure != "budget":
            found.setdefault((cost.measure, cost.network == "site"), []).append(cost)
    is_in_line = bool(total(content, words))
    return tuple(
        (_title(each, words), _sum(each, content.currency, words))
        for (_, is_site), each in found.items()
        if is_site or not (is_in_line and is_one_number(each))
    )


def _title(costs: Sequence[Cost], words: Words) -> str:
    title = words.say(f"costs.{costs[0].measure}")
    return words.say("cost.of", title=title, network=words.network("site")) if costs[0].network == "site" else title


def _sum(costs: Sequence[Cost], currency: str, words: Words) -> str:
    if len(costs) == 1:
        return told(costs[0], "money", currency, words)
    parts = [
        words.say("cost.part", network=words.network(cost.network), value=told(cost, "money", currency, words))
        for cost in costs
    ]
    values = [cost.value for cost in costs if cost.value is not None]
    if not values:
        return "; ".join(parts)
    whole = told(Number(client=costs[0].client, value=sum(values, Decimal(0))), "money", currency, words)
    is_whole = len(values) == len(costs) and not any(cost.marks for cost in costs)
    return words.say("cost.whole" if is_whole else "cost.so_far", total=whole, parts="; ".join(parts))
