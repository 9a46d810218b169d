"""What belongs to a source and to a kind of facts: the tests name whatever a new one still lacks."""

import subprocess
import sys
from importlib import import_module

import pytest

from smm import facts, sources
from smm.loading import expectations
from smm.project import ROOT
from smm.warehouse import SQL, Connection

HEAVY = ("airflow", "google", "grpc", "numpy", "pandas", "psycopg", "requests", "vk_api")


@pytest.mark.parametrize("name", sources.NAMES)
def test_a_source_has_its_functions(name: str) -> None:
    parts = (("asking", "ask"), ("reading", "read"), ("surveying", "survey"))
    found = [getattr(import_module(f"smm.sources.{name}.{part}"), what, None) for part, what in parts]
    assert all(map(callable, found))


@pytest.mark.parametrize("kind", facts.KINDS)
def test_a_kind_of_facts_is_whole(warehouse: Connection, kind: str) -> None:
    columns: dict[str, set[str]] = {}
    for row in warehouse.execute(
        "select table_name, column_name from information_schema.columns where table_schema = 'staging'"
    ):
        columns.setdefault(row["table_name"], set()).add(row["column_name"])
    texts = {path.name: path.read_text("utf-8") for path in (SQL / "facts" / kind).glob("*.sql")}
    published = "".join(text for name, text in texts.items() if name.startswith("publish"))
    measured = [name for name in texts if not name.startswith(("publish", "audit", "refuse"))]
    judged = {suite.relation for suite in expectations.read() if suite.source is None}
    lacks = []
    for relation, needed in facts.KINDS[kind].items():
        if missing := {"client", "load_id", *needed} - columns.get(relation, set()):
            lacks.append(f"include/sql/schema/: staging.{relation} with {', '.join(sorted(missing))}")
        if f"staging.{relation}\n" not in published and f"staging.{relation} " not in published:
            lacks.append(f"include/sql/facts/{kind}/publish*.sql that reads staging.{relation}")
        if f"audit_{relation}.sql" not in texts:
            lacks.append(f"include/sql/facts/{kind}/audit_{relation}.sql")
        if relation not in judged:
            lacks.append(f"include/expectations/{kind}.yml: {relation}")
    if not measured:
        lacks.append(f"include/sql/facts/{kind}/ that reads its facts")
    if not any(kind in source.kinds for source in sources.every()):
        lacks.append("a source that fills it")

    assert lacks == []


def test_what_a_source_is_can_be_had_without_what_it_asks_with() -> None:
    """DAG files and the board list the sources; a service's client library alone takes a second."""
    told = (
        "import sys; from smm import sources; sources.every();"
        f" print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    env = {"PYTHONPATH": str(ROOT / "plugins"), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", told], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(ValueError, match=f"no source is called 'tiktok'; there are {', '.join(sources.NAMES)}"):
        sources.named("tiktok")
