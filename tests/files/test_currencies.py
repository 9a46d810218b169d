"""Currencies: money that is in use; what was probably meant by anything else."""

import pytest

from smm.files import currencies


@pytest.mark.parametrize("code", ["RUB", "SEK", "EUR", "USD", "KZT", "BYN"])
def test_money_that_is_in_use(code: str) -> None:
    assert currencies.current(code) == code


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("SUR", "such as RUB, found 'SUR', which nobody pays with any more"),
        ("RUR", "such as RUB, found 'RUR', which nobody pays with any more"),
        ("BYR", "such as BYN, found 'BYR', which nobody pays with any more"),
        ("HRK", "such as EUR, found 'HRK', which nobody pays with any more"),
        ("DEM", "such as EUR, found 'DEM', which nobody pays with any more"),
        ("rub", "such as RUB, found 'rub'"),
        ("EURO", "such as EUR, found 'EURO'"),
        ("kr", "such as SEK, found 'kr'"),
        ("₽", "such as RUB, found '₽'"),
        ("USDT", "such as USD, found 'USDT'"),
        ("XXX", "found 'XXX'"),
        ("XAU", "found 'XAU'"),
        ("roubles of mine", "such as EUR, found 'roubles of mine'"),
    ],
)
def test_money_that_is_not(code: str, told: str) -> None:
    with pytest.raises(ValueError, match=r"^must be an ISO code ") as refused:
        currencies.current(code)
    assert told in str(refused.value)
