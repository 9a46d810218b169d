"""Housekeeping over the real way: what it removes is not missed, what is forgotten is gone, what is late is named."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from psycopg import sql

from local.postgres import Cluster
from sandbox.world import World
from smm import __main__ as command
from tests.way import Way, started

TODAY = datetime.now(UTC).date()
SOURCES = ("ga4", "metrica", "vk", "facebook", "instagram", "figures")


def loaded_way(way: Way) -> None:
    for source in SOURCES:
        assert way.ingest(source)["run"] == "success"
    assert way.build()["run"] == "success"


@pytest.fixture(scope="module")
def world() -> World:
    return World(TODAY)


@pytest.fixture(scope="module")
def daily(
    postgres: Cluster, migrated: str, airflow_database: None, world: World, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """The database and folder after one daily run of each source."""
    folder = tmp_path_factory.mktemp("loaded")
    world.write(folder)
    with started(postgres, migrated, world, folder, into="daily") as way:
        loaded_way(way)
        name = way.warehouse.info.dbname
    return name, folder


@pytest.fixture
def way(postgres: Cluster, daily: tuple[str, Path], world: World, tmp_path: Path) -> Iterator[Way]:
    """The same again for one test, which may change all of it."""
    template, folder = daily
    shutil.copytree(folder / "archive", tmp_path / "archive")
    world.write(tmp_path)
    with started(postgres, template, world, tmp_path) as way:
        yield way


def rows_of(way: Way, client: str) -> dict[str, int]:
    """How many rows of each table of the warehouse, whatever its schema, are this client's."""
    tables = way.rows(
        "select table_schema, table_name from information_schema.columns natural join information_schema.tables"
        " where column_name = 'client' and table_type = 'BASE TABLE'"
    )
    query = sql.SQL("select count(*) from {} where client = %s")
    return {
        f"{schema}.{table}": way.warehouse.execute(query.format(sql.Identifier(schema, table)), [client]).fetchone()[
            "count"
        ]  # type: ignore[index]
        for schema, table in tables
    }


def mentions(folder: Path, word: str) -> list[Path]:
    return [path for path in folder.rglob("*") if word in path.parts]


def test_a_client_is_forgotten_everywhere(way: Way, capsys: pytest.CaptureFixture[str]) -> None:
    file = way.folder / "clients" / "nordlys.yml"
    others = {client: rows_of(way, client) for client in ("yarko", "pekarnya")}
    stored = rows_of(way, "nordlys")

    assert command.forget("nordlys", None, True) == 1
    assert "nordlys.yml exists: the next run would load nordlys again. Remove the file first" in capsys.readouterr().err

    file.unlink()
    assert command.forget("nordlys", None, False) == 0
    told = capsys.readouterr().out
    for table, count in stored.items():
        assert not count or f"{table:<28}{count:>12,} rows" in told
    assert "3 loads, 0." in told
    assert rows_of(way, "nordlys") == stored

    assert command.forget("nordlys", None, True) == 0
    assert "Airflow's connection vk_nordlys" in capsys.readouterr().out
    assert sum(stored.values()) > 1000
    assert set(rows_of(way, "nordlys").values()) == {0}
    assert mentions(way.folder / "archive", "nordlys") == []
    assert {client: rows_of(way, client) for client in others} == others
    assert len(mentions(way.folder / "archive", "yarko")) > 3

    assert command.forget("nordlys", None, True) == 0
    assert capsys.readouterr().out == "nothing is stored for nordlys\n"


def test_a_source_is_forgotten_as_if_it_had_never_been_loaded(way: Way, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.forget("yarko", "vk", True) == 1
    assert "yarko.yml names the source vk: the next run would load it again. Remove it" in capsys.readouterr().err
    before = way.contents()
    loads = way.rows("select network, load_id from core.load where client = 'yarko'")
    gone = {load_id for network, load_id in loads if network == "vk"}
    file = way.folder / "clients" / "yarko.yml"
    content = yaml.safe_load(file.read_text("utf-8"))
    del content["sources"]["vk"]
    content["leads"].pop("messages", None)
    file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    way.rows(
        "insert into core.baseline select 'yarko', network, 'followers', '2026-01-01', 1, now()"
        " from unnest('{vk,vk_spb}'::text[]) as network returning network"
    )

    assert command.forget("yarko", "vk", True) == 0, capsys.readouterr().err

    assert way.rows("select network from core.baseline where client = 'yarko'") == [("vk_spb",)]
    after = way.contents()
    for table in ("core.posts", "core.post_snapshots", "core.audience"):
        assert [row for row in before[table] if not {"yarko", "vk"} <= set(row)] == after[table]
    for table in ("core.traffic", "core.traffic_totals", "core.traffic_events"):
        assert before[table] == after[table]
    # others give numbers of the same network, too: the people whom it sent to the site, and what is spent there
    of_vk = [row for row in before["core.counts"] if "yarko" in row and row.count("vk") >= 2]
    assert [row for row in before["core.counts"] if row not in of_vk] == after["core.counts"]
    given = "select given_by, count(*) filter (where network like 'vk%%') > 0 from core.counts where client = 'yarko'"
    assert dict(way.rows(f"{given} group by 1")) == {
        "figures": True,
        "ga4": True,
        "facebook": False,
        "instagram": False,
    }
    covered = way.rows("select distinct network from core.coverage where client = 'yarko' order by 1")
    assert covered == [("facebook",), ("figures",), ("ga4",), ("instagram",)]
    assert way.rows("select count(*) from core.change") == [(0,)]
    assert {row[0] for row in way.rows("select load_id from core.load where client = 'yarko'")}.isdisjoint(gone)
    for load_id in gone:
        assert mentions(way.folder / "archive", load_id) == []
    assert (
        way.rows("select * from marts.measure where client = 'yarko' and network = 'vk' and measure = 'post_views'")
        == []
    )
    assert way.rows("select * from marts.measure_history where client = 'yarko'") == []

    way.build(first_month="2000-01", last_month="2100-01")
    assert way.contents() == after, "the KPIs are those of what remains"


def test_a_rebuild_does_not_miss_what_retention_removed(way: Way, world: World) -> None:
    first = way.rows("select client, load_id from core.load where source = 'ga4' order by 1, 2")
    assert way.ingest("ga4")["run"] == "success"
    way.build()
    before = way.contents()
    way.warehouse.execute(
        "update core.load set started_at = started_at - interval '40 days',"
        " finished_at = finished_at - interval '40 days'"
    )
    way.warehouse.commit()

    assert way.run("housekeep")["clear_archive"] == "success"

    archive = way.folder / "archive"
    for client, load_id in first:
        assert not (archive / "ga4" / client / load_id).exists()
    assert len(list(archive.glob("*/*/*/published"))) == 11
    assert not (archive / "data_docs").exists() or not list((archive / "data_docs").iterdir())
    for (table,) in way.rows("select tablename from pg_tables where schemaname = 'core'"):
        way.warehouse.execute(sql.SQL("truncate core.{}").format(sql.Identifier(table)))
    way.warehouse.commit()
    way.far_ends.properties.clear()
    way.far_ends.communities.clear()
    months = {"first_month": f"{TODAY - timedelta(days=40):%Y-%m}", "last_month": f"{TODAY:%Y-%m}"}
    assert way.run("backfill_client", clients=None, sources=None, from_archive=True, **months)["run"] == "success"
    way.build()

    assert way.contents() == before


def test_a_run_that_did_not_happen_is_noticed(way: Way, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert way.run("housekeep")["run"] == "success"

    later = world.run_after + timedelta(days=2)
    done = way.run("housekeep", type("Later", (), {"run_after": later})())

    assert {name for name, state in done.items() if state == "failed"} == {"notice", "run"}
