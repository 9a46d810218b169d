"""`python -m bench [--part PARTS] [--beside CHECKOUT]`: measure, then write docs/bench.md and its picture.

See `make bench`.
"""

import argparse
import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from bench import (
    beside,
    board,
    daily_run,
    forecast,
    ga4_year,
    kpis,
    letters,
    mailing,
    on_duckdb,
    overhead,
    page,
    stand,
    vk_history,
    whole_day,
    years,
)
from local import state
from local.trouble import TroubleError

PARTS = {
    "a": ga4_year,
    "b": vk_history,
    "c": daily_run,
    "d": overhead,
    "e": kpis,
    "f": forecast,
    "g": letters,
    "h": board,
    "i": on_duckdb,
    "j": whole_day,
    "k": mailing,
    "l": years,
}
ON_DEMAND = "l"  # takes long, and says little that part e does not


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure; the other parts stay as they were.")
    default, letters = "".join(sorted(PARTS.keys() - set(ON_DEMAND))), "".join(PARTS)
    parser.add_argument("--part", default=default, metavar=letters, help="the letters of the parts to measure")
    parser.add_argument("--port", type=int, default=8080, help="the first of two ports")
    parser.add_argument("--beside", type=Path, metavar="CHECKOUT", help="of an older version, to be measured too")
    given = parser.parse_args()
    if unknown := set(given.part) - PARTS.keys():
        parser.error(f"there is no part {sorted(unknown)[0]!r}: choose among {letters}")
    try:
        with beside.copied(given.beside) if given.beside else nullcontext() as other:
            for letter in sorted(set(given.part)):
                ours = partial(_measured, letter, given.port)
                if other and letter in beside.PARTS:
                    page.keep(letter, beside.measure(letter, given.port, other, ours))
                else:
                    page.keep(letter, ours())
        state.remove("bench")
        is_met = page.write(PARTS | {"beside": beside})
    except TroubleError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt as interrupt:
        print(f"stopped by {interrupt}", file=sys.stderr)
        return 130
    return 0 if is_met else 1


def _measured(letter: str, port: int) -> dict[str, Any]:
    with stand.opened(port) as ready:
        found: dict[str, Any] = PARTS[letter].measure(ready)
    return found


if __name__ == "__main__":
    sys.exit(main())
