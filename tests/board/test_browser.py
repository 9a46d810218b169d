"""The board in a real Chromium, inside Airflow's own pages: every page, in both themes, on a screen and on a phone."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from local import ports
from local.postgres import Cluster
from sandbox.world import World
from tests.way import Way, started

if TYPE_CHECKING:
    from fastapi import FastAPI

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update"
GRAVE = ("serious", "critical")  # of axe-core's impacts

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed to look at the board with")


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
        port = ports.free()
        server = uvicorn.Server(uvicorn.Config(airflow_app, host=ports.HOST, port=port, log_level="error"))
        serving = threading.Thread(target=server.run)
        serving.start()
        try:
            yield Site(f"http://{ports.HOST}:{port}", way)
        finally:
            server.should_exit = True
            serving.join()


@pytest.fixture(scope="module")
def chromium(site: Site) -> Iterator[Browser]:
    # after the site: while Playwright runs, this thread can run no DAG
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *QUIET.split()])
        yield started
        started.close()


@pytest.fixture
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    """A tab of an administrator, who came in by Airflow's own login."""
    context = chromium.new_context(base_url=site.address, viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.goto("/auth/login?next=/")
    tab.get_by_label("Username").fill("admin")
    tab.get_by_label("Password").fill("admin")
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url(f"{site.address}/")
    yield tab
    context.close()


def test_the_menu_of_airflow_leads_to_the_board(page: Page) -> None:
    page.get_by_role("link", name="KPI board").click()
    board = page.frame_locator("iframe")
    board.get_by_role("link", name="Ярко").first.click()
    board.get_by_role("heading", name="Ярко").wait_for()
    assert page.url.endswith("/plugin/smm/board/clients/yarko"), "the address can be shared"
