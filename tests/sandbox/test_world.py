"""The seeded world: the same past on every day, and client files that name what is served."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
import yaml

from sandbox.world import World

OCTOBER = date(2026, 10, 1)


def test_the_same_seed_is_the_same_world(world: World) -> None:
    again = World(world.today)
    for client, past in world.chronicles.items():
        other = again.chronicles[client]
        assert past.sessions.equals(other.sessions)
        assert past.by_day.equals(other.by_day)
        assert past.figures.equals(other.figures)
        assert past.posts == other.posts


def test_another_seed_is_another_world(world: World) -> None:
    other = World(world.today, seed=27)
    assert not other.chronicles["yarko"].by_day.equals(world.chronicles["yarko"].by_day)
    assert len(other.chronicles["yarko"].sessions) != len(world.chronicles["yarko"].sessions)


def test_tomorrow_has_todays_past(world: World, tomorrow: World) -> None:
    for client, past in world.chronicles.items():
        later = tomorrow.chronicles[client]
        assert past.sessions.equals(later.sessions.iloc[: len(past.sessions)])
        assert past.by_day.equals(later.by_day.iloc[: len(past.by_day)])
        assert len(later.by_day) == len(past.by_day) + 1
        grown = {post.id: post for post in later.posts}
        for post in past.posts:
            new = grown[post.id]
            counters = ("likes", "comments", "reposts", "reach")
            assert all(getattr(post, name) <= getattr(new, name) for name in counters)
            if post.published_at < world.run_after - timedelta(days=10):
                assert replace(post, is_pinned=False) == replace(new, is_pinned=False)


def test_a_new_month_changes_nothing_but_the_holiday() -> None:
    before, after = World(date(2026, 12, 3)), World(date(2026, 12, 4))
    assert (before.judged_month, after.judged_month) == (OCTOBER, date(2026, 11, 1))
    for client in before.clients:
        old, new = before.chronicles[client], after.chronicles[client]
        assert old.sessions.equals(new.sessions.iloc[: len(old.sessions)])
        kept = old.by_day.columns.drop(["reach", "reach_subscribers", "visitors", "views"])
        assert old.by_day[kept].equals(new.by_day[kept].iloc[: len(old.by_day)])
        changed = old.by_day["reach"] != new.by_day["reach"].iloc[: len(old.by_day)]
        holiday = old.by_day["day"].dt.day.between(11, 20) & (old.by_day["day"] >= "2026-10-01")
        assert changed.to_list() == (holiday & (client == "yarko")).to_list()


@pytest.mark.parametrize(
    ("today", "judged", "last_month"),
    [
        (date(2026, 11, 22), OCTOBER, date(2026, 11, 1)),
        (date(2026, 11, 4), OCTOBER, date(2026, 11, 1)),
        (date(2026, 11, 1), date(2026, 9, 1), OCTOBER),
    ],
)
def test_a_month_is_judged_from_the_fourth_day_of_the_next(today: date, judged: date, last_month: date) -> None:
    world = World(today)
    assert (world.judged_month, world.last_month) == (judged, last_month)
    assert world.first_month == date(2024, 9, 1)
    assert world.first_months == {
        "yarko": world.first_month,
        "nordlys": world.first_month,
        "pekarnya": date(2026, 7, 1),
    }
    assert world.run_after == datetime(today.year, today.month, today.day, 6, tzinfo=UTC)


def test_a_day_before_the_world_is_refused() -> None:
    with pytest.raises(ValueError, match="2025-07-01"):
        World(date(2025, 6, 30))


def test_the_client_files_name_what_is_served(world: World, tmp_path: Path) -> None:
    world.write(tmp_path)
    served, connections = world.far_ends(), world.connections({"ga4": 1, "vk": 2, "metrica": 3, "meta": 4})
    files = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in (tmp_path / "clients").iterdir()}
    assert set(files) == set(world.clients)
    for client, content in files.items():
        vk, figures = (content["sources"][name] for name in ("vk", "figures"))
        if counter := content["sources"].get("metrica"):
            counted = served.counters[counter["counter"]]
            assert (counted.time_zone, counted.currency) == (content["time_zone"], content["currency"])
            assert connections[counter["connection"]]["host"] == "http://127.0.0.1:3"
        else:
            ga4 = content["sources"]["ga4"]
            prop = served.properties[str(ga4["property"])]
            assert (prop.time_zone, prop.currency) == (content["time_zone"], content["currency"])
            assert connections[ga4["connection"]]["port"] == 1
        assert served.communities[vk["community"]].stats is not None
        assert connections[vk["connection"]]["password"] in served.user_tokens
        if page := content["sources"].get("facebook"):
            account = content["sources"]["instagram"]
            token = connections[page["connection"]]["password"]
            assert served.meta_tokens[str(token)] == {page["page"], account["account"]}
            assert page["connection"] == account["connection"]
        assert content["started"] == world.first_months[client]
        assert sum(target.get("main", False) for target in content["targets"].values()) == 1
        table = pd.read_csv(figures["path"])
        assert list(table.columns) == ["period", "network", "measure", "value", "note"]
        assert not table.duplicated(["period", "network", "measure"]).any()
        assert table["period"].str.fullmatch(r"\d{4}-\d\d(-\d\d)?").all()
    holiday = files["yarko"]["annotations"][-1]
    assert (holiday["from"], holiday["to"]) == (date(2026, 10, 11), date(2026, 10, 20))
    rules = {next(iter(rule)) for content in files.values() for rule in content["targets"].values()}
    assert rules == {"plan", "at_least", "at_most", "between", "growth"}
