"""`python -m bench.ways.imports MODULE...`: what a process pays before it can begin."""

import sys
from importlib import import_module

from bench.ways.cost import measured

if __name__ == "__main__":
    with measured():
        for name in sys.argv[1:]:
            import_module(name)
