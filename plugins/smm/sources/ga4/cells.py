"""The cells of a GA4 report: numbers as Postgres takes them, and what no number of its kind can be.

GA4 sends every value as a text. Now and then a count is written ``100.0`` or ``1.0E7``, a share is 1.0000000001, or a
row stands under the date ``(other)``. An impossible cell makes only its own measure of that day unknown.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

COUNTS = frozenset(
    [
        *("sessions", "engagedSessions", "screenPageViews", "newUsers", "transactions", "activeUsers"),
        *("totalPurchasers", "firstTimePurchasers", "eventCount"),
    ]
)
SHARES = frozenset(["sessionKeyEventRate"])
SIGNED = frozenset(["purchaseRevenue"])  # refunds can be more than sales
ROUNDING = Decimal("0.000001")  # by which a share may lie outside 0..1: GA4 divides in floating point
LARGEST = 18  # digits before the point, of what bigint holds
SMALLEST = -30  # power of ten: what is nearer to zero is zero
BLOCK = 200  # rows that are looked at together
SHOWN = 40  # characters of an impossible value

Row = Sequence[Any]


def number(metric: str, text: str) -> str | None:
    """The number as Postgres takes it for this metric; None if it cannot be one."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    if not value.is_finite() or value.adjusted() >= LARGEST:
        return None
    if value.adjusted() < SMALLEST:
        value = Decimal(0)
    if metric in SHARES and -ROUNDING <= value <= 1 + ROUNDING:
        value = min(max(value, Decimal(0)), Decimal(1))
    is_possible = (
        (value >= 0 or metric in SIGNED)
        and (value <= 1 or metric not in SHARES)
        and (metric not in COUNTS or value == value.to_integral_value())
    )
    if not is_possible:
        return None
    return str(int(value)) if metric in COUNTS else f"{value:f}"


class Cells:
    """The rows of one page, cleaned. ``impossible`` and ``misplaced`` are complete once all rows are read."""

    def __init__(self, dimensions: int, metrics: Sequence[str], days: Iterable[str]) -> None:
        """``days``: those that the first dimension may be, as GA4 writes them."""
        self._dimensions = dimensions
        self._metrics = metrics
        self._days = frozenset(days)
        self.impossible: dict[str, dict[str, str]] = {}  # day -> metric -> the first such value
        self.misplaced: Counter[str] = Counter()  # rows under no day that was asked for, by what stands there

    def clean(self, rows: Iterable[Any]) -> Iterator[Row]:
        """Dimensions, then metrics, None for what is impossible; without the rows of no day."""
        rows = iter(rows)
        while messages := list(islice(rows, BLOCK)):
            block = [[cell.value for cell in (*row.dimension_values, *row.metric_values)] for row in messages]
            yield from block if self._is_plain(block) else self._read(messages)

    def _is_plain(self, block: list[list[str]]) -> bool:
        """Whether every row is as GA4 nearly always sends it; by columns, for cell by cell takes ten times as long."""
        width = self._dimensions + len(self._metrics)
        if {*map(len, block)} != {width}:
            return False
        columns = list(zip(*block, strict=True))
        return self._days.issuperset(columns[0]) and all(map(_is_plain, self._metrics, columns[self._dimensions :]))

    def _read(self, messages: Iterable[Any]) -> Iterator[Row]:
        for message in messages:
            dimensions = [cell.value for cell in message.dimension_values]
            day = dimensions[0] if dimensions else ""
            if day not in self._days or len(dimensions) != self._dimensions:
                self.misplaced[day[:SHOWN]] += 1
                continue
            given = [cell.value for cell in message.metric_values]
            texts = [*given, *[""] * len(self._metrics)][: len(self._metrics)]
            numbers = list(map(number, self._metrics, texts))
            for metric, text, found in zip(self._metrics, texts, numbers, strict=True):
                if found is None:
                    self.impossible.setdefault(day, {}).setdefault(metric, text[:SHOWN])
            yield [*dimensions, *numbers]


def _is_plain(metric: str, column: Sequence[str]) -> bool:
    """Digits alone for a count, else with a point: nothing that `number` would change or refuse."""
    text = "".join(column)
    if not (all(column) and text.isascii()):
        return False
    if metric in COUNTS:
        return text.isdecimal() and max(map(len, column)) < LARGEST
    if text.strip("0123456789."):
        return False
    try:
        return max(map(float, column)) <= (1 if metric in SHARES else 10**15)
    except ValueError:
        return False
