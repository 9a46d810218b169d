"""The scale of a chart: round numbers around all of its values, but for a month far beyond all others."""

from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

INTERVALS = 4  # at most
FAR = Decimal("2.5")  # times the largest of the others
MOST_CUT = 2  # months; more of them are no exception
FEWEST = 3  # others that show what is usual
SMALL = 10  # a few more or less of what is counted are no exception


def cut(values: Mapping[int, Decimal], others: Collection[Decimal], unit: str) -> dict[int, Decimal]:
    """Place -> how much is to be seen of the few values beside which all others, and ``others``, would be too small."""
    if unit == "count" and max(map(abs, values.values()), default=Decimal(0)) < SMALL:
        return {}
    by_size = sorted(values, key=lambda place: abs(values[place]), reverse=True)
    for count in range(min(MOST_CUT, len(values)), 0, -1):
        largest, rest = by_size[:count], [*(values[place] for place in by_size[count:]), *others]
        edge = max(map(abs, rest), default=Decimal(0))
        if len(rest) >= FEWEST and edge and abs(values[largest[-1]]) > FAR * edge:
            return {place: edge.copy_sign(values[place]) for place in sorted(largest)}
    return {}


def round_numbers(values: Sequence[Decimal], unit: str) -> list[Decimal]:
    """Round numbers, evenly apart, between the first and last of which all values and zero lie; of a count, whole."""
    low, high = min(Decimal(0), *values), max(Decimal(0), *values)
    wanted = (high - low) / INTERVALS or Decimal(1)
    is_whole = unit in ("count", "seconds")
    wanted = max(wanted, Decimal(1)) if is_whole else wanted
    size = Decimal(1).scaleb(wanted.adjusted())
    steps = [size * times for times in map(Decimal, ("1", "2", "2.5", "5", "10"))]
    step = next(step for step in steps if step >= wanted and not (is_whole and step % 1))
    first, last = (int((end / step).to_integral_value(way)) for end, way in ((low, ROUND_FLOOR), (high, ROUND_CEILING)))
    return [step * number for number in range(first, max(last, first + 1) + 1)]
