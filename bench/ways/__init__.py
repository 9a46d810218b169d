"""The ways that are compared, each a process of its own: `python -m bench.ways.<way>`.

Each reads its task from the environment (BENCH_*) and prints one JSON line: what it cost, without the start of the
process.
"""
