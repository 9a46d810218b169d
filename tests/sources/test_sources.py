"""What belongs to a source: the test names whatever a new one still lacks."""

import re

import pytest

from smm import catalogue, sources
from smm.loading import expectations
from smm.warehouse import SQL, Connection


@pytest.mark.parametrize("name", sources.NAMES)
def test_a_source_is_whole(warehouse: Connection, name: str) -> None:
    module = sources.module(name)
    columns: dict[str, set[str]] = {}
    for row in warehouse.execute(
        "select table_name, column_name from information_schema.columns where table_schema = 'staging'"
    ):
        columns.setdefault(row["table_name"], set()).add(row["column_name"])
    audited = expectations.read()
    measured = "".join(path.read_text("utf-8") for path in (SQL / "measures").glob("*.sql"))
    published = "".join(path.read_text("utf-8") for path in (SQL / "publish").glob(f"{name}*.sql"))
    lacks = []
    for relation, needed in module.RELATIONS.items():
        if missing := {"client", "load_id", *needed} - columns.get(relation, set()):
            lacks.append(f"include/sql/schema/: staging.{relation} with {', '.join(sorted(missing))}")
        if not re.search(rf"staging\.{relation}\b", published):
            lacks.append(f"include/sql/publish/{name}*.sql that reads staging.{relation}")
        if not (SQL / "audit" / f"{relation}.sql").exists():
            lacks.append(f"include/sql/audit/{relation}.sql")
        if relation not in audited or audited[relation].source != name:
            lacks.append(f"include/expectations/{name}.yml: {relation}")
        if not relation.startswith(name):
            lacks.append(f"a name for {relation} that begins with {name}")
    lacks += [f"{what}(...) in the module" for what in ("ask", "read") if not callable(getattr(module, what, None))]
    measures = [measure for measure, known in catalogue.read().measures.items() if known.source == name]
    if not measures:
        lacks.append("its measures in include/measures.yml")
    if f"core.{name.removesuffix('s')}" not in measured:
        lacks.append("include/sql/measures/ that read its facts")

    assert lacks == []


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(ValueError, match="no source is called 'tiktok'; there are ga4, vk, figures"):
        sources.module("tiktok")
