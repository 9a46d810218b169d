"""`python -m bench.ways.on_duckdb MEASURES FORMULAS`: the KPIs of the measures, by DuckDB on one thread.

Both are CSV files, of marts.measure and of catalogue.formula; to read them is not counted. Numbers are floats.
"""

import sys
from pathlib import Path

import duckdb

from bench.on_duckdb import QUERY
from bench.ways.cost import measured

KPIS = Path(__file__).with_suffix(".sql")
NUMBERS = "{'value': 'double', 'completeness': 'double'}"


def main(measures: str, formulas: str) -> None:
    engine = duckdb.connect(config={"threads": 1})
    engine.execute(f"create table measure as from read_csv(?, header = true, types = {NUMBERS})", [measures])
    engine.execute("create table formula as from read_csv(?, header = true, nullstr = '')", [formulas])
    with measured() as told:
        engine.execute(KPIS.read_text("utf-8"))
        told["rows"] = {grain: sums for grain, *sums in engine.execute(f"{QUERY} kpi group by grain").fetchall()}


if __name__ == "__main__":
    main(*sys.argv[1:])
