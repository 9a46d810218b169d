"""`python -m local demo|up|smm|clean`: see the Makefile's targets of these names."""

import argparse
import sys
from pathlib import Path

from local import demo, errand, state, up
from local.trouble import TroubleError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("demo", "up"):
        command = commands.add_parser(name)
        command.add_argument("--port", type=int, default=8080, help="the first of a contiguous range")
        if name == "demo":
            command.add_argument("--once", action="store_true", help="end after the summary")
            command.add_argument("--recordings", type=Path, metavar="DIR", help="replay these")
    command = commands.add_parser("smm", help="a command of the project, on the data of `make up`")
    command.add_argument("--port", type=int, default=8080, help="as `up` has it")
    command.add_argument("words", nargs="*")
    commands.add_parser("clean")
    chosen = parser.parse_args()
    try:
        match chosen.command:
            case "demo":
                return 0 if demo.run(chosen.port, chosen.recordings, once=chosen.once) else 1
            case "up":
                up.run(chosen.port)
            case "smm":
                return errand.run(chosen.port, chosen.words)
            case "clean":
                state.clean()
    except TroubleError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt as interrupt:
        print(f"stopped by {interrupt}", file=sys.stderr)
        return 130
    return 0


sys.exit(main())
