"""`python -m bench [--part PARTS]`: measure, then write docs/bench.md and its picture. See `make bench`."""

import argparse
import sys

from bench import board, daily_run, forecast, ga4_year, kpis, letters, overhead, page, stand, vk_history
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
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure; the other parts stay as they were.")
    parser.add_argument(
        "--part", default="".join(PARTS), metavar="abcdefgh", help="the letters of the parts to measure"
    )
    parser.add_argument("--port", type=int, default=8080, help="the first of two ports")
    given = parser.parse_args()
    if unknown := set(given.part) - PARTS.keys():
        parser.error(f"there is no part {sorted(unknown)[0]!r}: choose among {''.join(PARTS)}")
    try:
        for letter in sorted(set(given.part)):
            with stand.opened(given.port) as ready:
                page.keep(letter, PARTS[letter].measure(ready))
        state.remove("bench")
        is_met = page.write(PARTS)
    except TroubleError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt as interrupt:
        print(f"stopped by {interrupt}", file=sys.stderr)
        return 130
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
