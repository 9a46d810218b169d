"""What months cost: the ads and the fee of a client, beside its budget, and those of all clients by currency."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from smm.warehouse import Connection, run


@dataclass(frozen=True)
class Money:
    """A month's. What is None is not known, if it is ``expected``.

    ``is_known`` = no part of the ads and the fee is missing, ``is_whole`` = no day is, either.
    """

    month: date
    currency: str
    spend: Decimal | None
    fee: Decimal | None
    budget: Decimal | None
    is_known: bool
    is_whole: bool
    expected: Collection[str]  # of spend, fee, budget, lead_cost
    lead_cost: Decimal | None = None
    of_budgets: Decimal | None = None  # what those cost that have a budget; None = not all of it is known
    clients: int = 1

    @property
    def together(self) -> Decimal | None:
        """The ads and the fee, as far as they are known."""
        return added(self.spend, self.fee)

    @property
    def used(self) -> Decimal | None:
        """The share of the budget."""
        return self.of_budgets / self.budget if self.of_budgets is not None and self.budget else None


def added(*numbers: Decimal | None) -> Decimal | None:
    """The sum of what is known."""
    known = [number for number in numbers if number is not None]
    return sum(known, Decimal(0)) if known else None


def by_client(
    warehouse: Connection, clients: Iterable[str] | None, first: date, last: date
) -> dict[tuple[str, date], Money]:
    """By client and month, of these clients (None = of all); one query."""
    asked = {"clients": None if clients is None else list(clients), "first": first, "last": last}
    return {(row["client"], row["month"]): _read(row) for row in run(warehouse, "board/money.sql", asked)}


def in_all(months: Iterable[Money]) -> list[Money]:
    """All clients' together, by month and currency, the newest month first: no sum is of two currencies."""
    found: dict[tuple[date, str], list[Money]] = {}
    for each in months:
        found.setdefault((each.month, each.currency), []).append(each)
    return [
        Money(
            month=month,
            currency=currency,
            spend=added(*(one.spend for one in each)),
            fee=added(*(one.fee for one in each)),
            budget=added(*(one.budget for one in each)),
            is_known=all(one.is_known for one in each),
            is_whole=all(one.is_whole for one in each),
            expected={measure for one in each for measure in one.expected},
            of_budgets=_of_budgets([one for one in each if one.budget is not None]),
            clients=len(each),
        )
        for (month, currency), each in sorted(found.items(), key=lambda item: (-item[0][0].toordinal(), item[0][1]))
    ]


def _of_budgets(months: Sequence[Money]) -> Decimal | None:
    spent = [one.of_budgets for one in months]
    return None if None in spent else added(*spent)


def _read(row: dict[str, Any]) -> Money:
    is_of_budget = row["budget"] is not None and row["is_known"]
    spent = added(row["spend"], row["fee"]) if is_of_budget else None
    return Money(of_budgets=spent, **{name: value for name, value in row.items() if name != "client"})
