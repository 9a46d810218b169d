"""What months cost, together: no sum of two currencies, and none of what is not known."""

from datetime import date
from decimal import Decimal
from typing import Any

from smm.board.money import Money, in_all

OCTOBER, NOVEMBER = date(2025, 10, 1), date(2025, 11, 1)


def money(**parts: Any) -> Money:
    usual: dict[str, Any] = {"month": OCTOBER, "currency": "RUB", "spend": None, "fee": None, "budget": None}
    return Money(**usual | {"is_known": True, "is_whole": True, "expected": {"spend"}} | parts)


def test_sums_are_by_month_and_currency_the_newest_first() -> None:
    found = in_all([money(spend=Decimal(1)), money(spend=Decimal(2), month=NOVEMBER), money(currency="SEK")])
    assert [(one.month, one.currency, one.spend, one.clients) for one in found] == [
        (NOVEMBER, "RUB", 2, 1),
        (OCTOBER, "RUB", 1, 1),
        (OCTOBER, "SEK", None, 1),
    ]


def test_the_share_of_the_budgets_is_of_those_who_have_one() -> None:
    one = money(spend=Decimal(30), budget=Decimal(60), of_budgets=Decimal(30))
    (both,) = in_all([one, money(spend=Decimal(50))])
    assert (both.together, both.budget, both.used) == (80, 60, Decimal("0.5"))


def test_what_is_not_known_of_one_is_not_known_of_all() -> None:
    one = money(spend=Decimal(30), budget=Decimal(60), of_budgets=Decimal(30))
    (both,) = in_all([one, money(spend=None, fee=Decimal(5), budget=Decimal(10), is_known=False, is_whole=False)])
    assert (both.together, both.is_whole, both.used) == (35, False, None)
