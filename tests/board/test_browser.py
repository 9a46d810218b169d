"""The board in a real Chromium, inside Airflow's own pages: every page, in both themes, on a screen and on a phone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, StorageState

from local.postgres import Cluster
from sandbox.world import World
from tests import browser
from tests.served import served
from tests.way import Way, started

if TYPE_CHECKING:
    from fastapi import FastAPI

PAGES = (
    *("/", "/data", "/letters", "/catalogue", "/coming", "/glossary"),
    *("/clients/yarko", "/clients/yarko?span=days", "/clients/yarko/data"),
    *("/clients/yarko/letters/{letter}", "/clients/nordlys"),
)

pytestmark = browser.needed


@dataclass(frozen=True)
class Site:
    address: str
    way: Way


@pytest.fixture(scope="module")
def site(
    postgres: Cluster,
    loaded: tuple[str, Path],
    world: World,
    airflow_app: "FastAPI",
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """Airflow's api-server over HTTP; the demo's clients, loaded, judged and told of by letters."""
    template, _ = loaded
    folder = tmp_path_factory.mktemp("board")
    world.write(folder)
    with started(postgres, template, world, folder) as way:
        assert way.report()["run"] == "success"
        assert way.report(month=f"{world.last_month:%Y-%m}", send=False)["run"] == "success"
        with served(airflow_app, log_level="error") as address:
            yield Site(address, way)


@pytest.fixture(scope="module")
def chromium(site: Site) -> Iterator[Browser]:
    with browser.started() as chromium:  # after the site, which runs DAGs
        yield chromium


@pytest.fixture(scope="module")
def login(site: Site, chromium: Browser) -> StorageState:
    """What an administrator's browser keeps after Airflow's own login."""
    with chromium.new_context(base_url=site.address) as context:
        tab = context.new_page()
        tab.goto("/auth/login?next=/")
        tab.get_by_label("Username").fill("admin")
        tab.get_by_label("Password").fill("admin")
        tab.get_by_role("button", name="Sign in").click()
        tab.wait_for_url(f"{site.address}/")
        return context.storage_state()


@pytest.fixture
def page(site: Site, chromium: Browser, login: StorageState) -> Iterator[Page]:
    """A new tab of the administrator's."""
    with chromium.new_context(base_url=site.address, storage_state=login) as context:
        context.set_default_timeout(15_000)
        yield context.new_page()


def test_the_menu_of_airflow_leads_to_the_board(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="KPI board").click()
    board = page.frame_locator("iframe")
    board.get_by_role("link", name="Ярко").first.click()
    board.get_by_role("heading", name="Ярко").first.wait_for()
    page.wait_for_url("**/plugin/smm/board/clients/yarko")  # so that the address can be shared


def test_a_link_into_airflow_leaves_the_frame(page: Page) -> None:
    page.goto("/plugin/smm/board/clients/yarko/data")
    page.frame_locator("iframe").get_by_role("link", name=re.compile("^log")).first.click()
    page.wait_for_url("**/dags/*/runs/**")
    page.locator("iframe").wait_for(state="detached")


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_use_every_page(page: Page, site: Site, path: str, theme: str, width: int) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.set_viewport_size({"width": width, "height": 800})
    page.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    page.goto(f"/board{path.format(letter=f'{site.way.world.judged_month:%Y-%m}-missed-1')}", wait_until="networkidle")
    theme_now = page.evaluate("document.documentElement.dataset.theme")
    assert (browser.overflow(page), theme_now, browser.barriers(page), said) == (0, theme, [], [])


HIDDEN = """() => [...document.querySelectorAll("main *")].filter(part => {
  const { left, right, width, height } = part.getBoundingClientRect();
  const is_apart = part.closest("svg, .scrolls, dialog, details:not([open]) > :not(summary)");
  return !is_apart && width > 1 && height > 1 && (right > innerWidth + 1 || left < -1);
}).map(part => part.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("path", ["/", "/data", "/letters", "/clients/yarko", "/clients/yarko/data", "/catalogue"])
def test_on_a_phone_nothing_lies_beyond_the_edge_without_a_sign(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"/board{path}", wait_until="networkidle")
    assert page.evaluate(HIDDEN) == []


def test_on_a_phone_each_target_is_a_card_with_the_running_month_first(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/board/")
    assert (
        page.locator("table.targets").evaluate("table => table.closest('.wide').classList.contains('scrolls')") is False
    )
    name, running, *_ = page.locator("table.targets tr:not(.client):has(td.judged)").first.locator("th, td").all()
    places = [cell.bounding_box() for cell in (name, running)]
    assert all(place and place["x"] >= 0 and place["x"] + place["width"] <= 360 for place in places)
    captions = "cell => getComputedStyle(cell, '::before').content"
    assert running.evaluate(captions) == f'"{page.locator("h1").inner_text()}"'


def test_the_calendar_opens_at_its_last_day(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/board/clients/yarko/data", wait_until="networkidle")
    strip = page.locator(".wide:has(.calendar)").first
    assert strip.evaluate(
        "strip => strip.scrollLeft > 0 && strip.scrollWidth - strip.clientWidth - strip.scrollLeft < 2"
    )
    assert "scrolls" in (strip.get_attribute("class") or "")
    last = strip.locator("g.day").last.bounding_box()
    weekdays = strip.locator(".weekdays").bounding_box()
    assert last is not None
    assert weekdays is not None
    assert last["x"] + last["width"] <= 360, "the last day is in view"
    assert weekdays["x"] >= 0, "and so are the names of the weekdays"


def test_a_client_is_judged_without_waiting_for_the_hour(page: Page, site: Site) -> None:
    """Of the running month the run names none, so that it judges every month that may still move."""
    warehouse = site.way.warehouse
    month = f"{site.way.world.last_month:%Y-%m}"
    kept = warehouse.execute(
        "delete from marts.verdict where client = 'nordlys' and month = %s returning *", [f"{month}-01"]
    ).fetchall()
    warehouse.commit()
    assert kept
    try:
        page.goto(f"/board/clients/nordlys?month={month}")
        form = page.locator("form.judge")
        form.get_by_role("button", name="Judge now").click()
        link = form.get_by_role("status").get_by_role("link")
        link.wait_for()
        run = link.get_attribute("href")
        assert run is not None
        told = page.request.get(run.replace("/dags/", "/api/v2/dags/").replace("/runs/", "/dagRuns/")).json()
        assert (told["dag_id"], told["conf"]) == (
            "report_targets",
            {"clients": ["nordlys"], "month": None, "send": False},
        )
    finally:
        for row in kept:
            names = ", ".join(row)
            values = ", ".join(["%s"] * len(row))
            warehouse.execute(f"insert into marts.verdict ({names}) values ({values})".encode(), list(row.values()))
        warehouse.commit()


def test_clients_are_found_and_sorted(page: Page) -> None:
    page.goto("/board/")
    page.get_by_label("Sort").select_option("name")
    page.wait_for_url("**sort=name**")
    assert page.locator("tr.client a:first-child").all_inner_texts() == ["Nordlys Outdoor", "Пекарня на углу", "Ярко"]
    page.get_by_role("searchbox").fill("пекар")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**search=**")
    assert page.locator("tr.client a:first-child").all_inner_texts() == ["Пекарня на углу"]


def test_a_table_is_downloaded(page: Page) -> None:
    page.goto("/plugin/smm/board/clients/yarko")
    with page.expect_download() as waiting:
        page.frame_locator("iframe").get_by_role("link", name="CSV").first.click()
    lines = Path(waiting.value.path()).read_text("utf-8-sig").splitlines()
    assert waiting.value.suggested_filename == "verdicts-yarko.csv"
    assert lines[0].startswith("client,")
    assert all(line.startswith("yarko,") for line in lines[1:])


def test_a_backfill_is_begun_after_a_question(page: Page, world: World) -> None:
    page.goto("/board/clients/yarko")
    form = page.locator("form[data-dag=backfill_client]")
    form.get_by_label("First month").fill(f"{world.last_month:%Y-%m}")
    form.get_by_label("Last month").fill(f"{world.last_month:%Y-%m}")
    form.get_by_label("vk").check()
    form.get_by_role("button", name="Backfill …").click()
    page.get_by_role("dialog").get_by_role("button", name="Backfill").click()
    link = form.get_by_role("status").get_by_role("link")
    link.wait_for()
    run = link.get_attribute("href")
    assert run is not None
    told = page.request.get(run.replace("/dags/", "/api/v2/dags/").replace("/runs/", "/dagRuns/")).json()
    assert told["conf"] == {
        "clients": ["yarko"],
        "first_month": f"{world.last_month:%Y-%m}",
        "last_month": f"{world.last_month:%Y-%m}",
        "sources": ["vk"],
        "from_archive": False,
    }


def test_months_the_wrong_way_round_are_refused_before_the_question(page: Page) -> None:
    page.goto("/board/clients/yarko")
    form = page.locator("form[data-dag=backfill_client]")
    form.get_by_label("First month").fill("2026-02")
    form.get_by_label("Last month").fill("2026-01")
    form.get_by_role("button", name="Backfill …").click()
    told = form.get_by_role("status")
    assert told.inner_text() == "✕ The first month is after the last one: swap them."
    assert page.get_by_role("dialog").count() == 0
    form.get_by_label("Last month").fill("2026-02")
    form.get_by_role("button", name="Backfill …").click()
    page.get_by_role("dialog").get_by_text("from 2026-02 to 2026-02").wait_for()
    assert form.locator(".answer").text_content() == "", "what was wrong is so no more"


def test_a_letter_is_commented_and_released(page: Page, site: Site) -> None:
    warehouse = site.way.warehouse
    held = "update marts.letter set state = 'held', reason = 'held' where client = 'yarko' returning letter_id"
    (letter,) = warehouse.execute(held).fetchall()
    warehouse.commit()
    page.goto(f"/plugin/smm/board/clients/yarko/letters/{letter['letter_id']}")
    board = page.frame_locator("iframe").first
    board.get_by_label("Comment").first.fill("We moved the contest <b>to May</b>.")
    board.get_by_role("button", name="Release").click()
    board.get_by_role("button", name="Release it").click()
    board.locator(".happened").wait_for()
    (found,) = warehouse.execute(
        "select state, comment ->> (content ->> 'language') as comment, decided_by from marts.letter"
        " where client = 'yarko'"
    ).fetchall()
    warehouse.commit()
    assert found == {"state": "due", "comment": "We moved the contest <b>to May</b>.", "decided_by": "admin"}
