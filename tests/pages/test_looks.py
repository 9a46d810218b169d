"""How a reader's page looks in a real Chromium: everybody can use it, nothing runs, and nothing is loaded."""

from collections.abc import Iterator
from itertools import product
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.routing import Mount

from smm import links, pages
from tests import browser
from tests.files.test_agency import written
from tests.letters.examples import OCTOBER, judged
from tests.letters.handing_over import BOTH, OWNER, PARTNER
from tests.letters.months import YEAR, history
from tests.pages.conftest import AGENCY, Mailed
from tests.served import served

NAME = "Пекарня на углу, где липы и клён"
KINDS = ((PARTNER, ""), (OWNER, ""), (OWNER, "2025-10-missed-1"))  # whose page, and which letter on it

pytestmark = browser.needed


@pytest.fixture
def site(mailed_long: Mailed) -> Iterator[str]:
    """The pages alone, over HTTP."""
    with served(Starlette(routes=[Mount(links.PAGES, app=pages.serve)]), log_level="error") as address:
        yield address


@pytest.fixture
def mailed_long(empty: Mailed) -> Mailed:
    """A client with a long name, a logo, and a year of numbers."""
    from smm.files.agency import Agency
    from smm.letters.charts import picture
    from tests.letters.test_charts import teller

    logo = picture(judged(history=history()), (), teller(), Agency()).png
    written(empty.case.folder, f'{AGENCY}logo: logo.png\ncolour: "#8e7200"\n', logo)
    empty.case.client(report=BOTH, name=NAME)
    for month, value in enumerate(YEAR[4:], 1):
        empty.case.kpi("vk.reach", value, OCTOBER.replace(month=month))
        empty.case.kpi("vk.er_post", value / 10**6, OCTOBER.replace(month=month))
    empty.case.missed(report=BOTH, name=NAME)
    empty.deliver()
    empty.correct()
    return empty


@pytest.fixture
def chromium(site: str) -> Iterator[Browser]:
    with browser.started() as chromium:  # after the site, which a mail server is needed for
        yield chromium


def looked_at(page: Page) -> tuple[int, bool, list[tuple[str, str]]]:
    return browser.overflow(page), all(browser.images(page)), browser.barriers(page)


def test_everybody_can_use_every_page(site: str, mailed_long: Mailed, chromium: Browser) -> None:
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    with chromium.new_context() as context:
        page, said, asked = context.new_page(), list[str](), list[str]()
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        for (recipient, letter), width, scheme in product(KINDS, (360, 1360), schemes):
            address = f"{site}{mailed_long.links(recipient)[0]}{letter}"
            asked.clear()
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            page.goto(address, wait_until="networkidle")
            assert [url for url in asked if not url.startswith("data:")] == [address]
            assert (address, width, scheme, *looked_at(page), said) == (address, width, scheme, 0, True, [], [])
        page.get_by_role("link", name="Все письма").click()
        page.get_by_role("list").get_by_role("link").last.click()
        page.wait_for_url("**/2025-10-missed-1")
        assert context.cookies() == []


def test_what_is_not_there_can_be_read_too(site: str, chromium: Browser) -> None:
    with chromium.new_context(color_scheme="dark", viewport={"width": 360, "height": 800}) as context:
        page = context.new_page()
        answer = page.goto(f"{site}/pages/x/")
        assert answer.status == 404
        assert page.locator("h1").inner_text() == "This page is not available"
        assert page.locator("[lang=ru] h2").inner_text() == "Эта страница недоступна"
        assert looked_at(page) == (0, True, [])
