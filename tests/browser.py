"""A real Chromium that looks at pages and letters, and what it finds."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

PATH = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update"
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
IMAGES = "() => [...document.images].map(image => image.naturalWidth > 0 && image.getBoundingClientRect().width > 0)"
GRAVE = ("serious", "critical")  # of axe-core's impacts

needed = pytest.mark.skipif(PATH is None, reason="no Chromium is installed to look with")


@contextmanager
def started() -> Iterator[Browser]:
    """While it runs, this thread can run no DAG and no mail server: Playwright has its event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PATH, args=["--no-sandbox", *QUIET.split()])
        yield browser
        browser.close()


def overflow(page: Page) -> Any:
    """By how many pixels the page is wider than the screen."""
    return page.evaluate(WIDER)


def images(page: Page) -> Any:
    """Of each picture whether it is there and has a size."""
    return page.evaluate(IMAGES)


def barriers(page: Page) -> list[tuple[str, str]]:
    """What keeps some people from using the page: the rule of axe-core, and the first part that breaks it."""
    found = Axe().run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in GRAVE]
