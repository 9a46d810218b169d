"""How letters look, in a real browser: nothing overflows, nothing is missing, everything can be read.

Each letter in each language, on a small phone and in a mail program, in light and in dark mode.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from smm.letters.content import Content
from smm.letters.preview import for_browser
from smm.letters.render import render
from tests.letters.examples import content, judged
from tests.letters.months import YEAR, history
from tests.test_agency import written

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed to look at letters with")

# What cannot be read: texts whose contrast with what lies behind them is below WCAG 2 AA, as [contrast, text].
FAINT = """
() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const found = parts(getComputedStyle(each).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (!walker.currentNode.data.trim() || style.display === 'none' || style.opacity === '0' || !box.height) continue;
    const [light, dark] = [luminance(parts(style.color)), luminance(behind(element))].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    const isLarge = parseFloat(style.fontSize) >= 24
      || parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700;
    if (contrast < (isLarge ? 3 : 4.5)) faint.push([contrast.toFixed(2), walker.currentNode.data.trim()]);
  }
  return faint;
}
"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
IMAGES = "() => [...document.images].map(image => image.naturalWidth > 0 && image.getBoundingClientRect().width > 0)"


def missed() -> Content:
    """A letter with everything in it, and long words."""
    event = {"client": "yarko", "first_day": "2025-10-13", "last_day": "2025-10-22", "network": "vk", "text": "Отпуск"}
    targets = (
        judged(value=11873, before=14820, year_ago=9120, rule="plan", is_main=True, history=history(low=14250)),
        judged("vk.er_post", value="0.0108", low="0.012", history=history(("0.0131", None, "0.0108"), low="0.012")),
        judged(
            "all.cost_per_lead",
            value="1234567.5",
            high=987654,
            history=history((210000, 330000, "1234567.5"), high=987654),
        ),
        judged("all.romi", value="-0.2", low="0.1", history=history(("0.05", "-0.1", "-0.2"), low="0.1")),
        judged("all.followers", "met", 1712, low=1700, history=history(YEAR)),
        judged("all.leads", "not_measured", None, low=40, reason="no_access"),
        judged("vk.amplification_rate", "not_proven", "0.01", low="0.02", reason="within_restatement"),
        judged("all.revenue", "not_due", 1234567, low=1000000),
    )
    costs = ({"client": "yarko", "measure": name, "value": 30000} for name in ("spend", "fee"))
    return content(*targets, events=(event,), costs=tuple(costs), name="Пекарня на углу, где липы и клён")


LETTERS = {"missed": missed}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *QUIET.split()])
        yield started
        started.close()


@pytest.fixture
def agency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agency with a logo and a colour as light as it may be."""
    from smm.letters.charts import picture
    from tests.letters.test_charts import Agency, teller

    logo = picture(judged(history=history()), (), teller(), Agency()).png
    written(tmp_path, 'name: Northern Lights\nlogo: logo.png\ncolour: "#8e7200"', logo)
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))


def looked_at(browser: Browser, html: str, width: int, scheme: Any, to: Path | None = None) -> dict[str, Any]:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.set_content(html)
    found = {"overflow": page.evaluate(OVERFLOW), "images": page.evaluate(IMAGES), "faint": page.evaluate(FAINT)}
    if to:
        page.screenshot(path=to, full_page=True)
    page.close()
    return found


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize("language", ["en", "ru", "sv"])
@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_can_be_read_on_every_screen(browser: Browser, kind: str, language: str) -> None:
    rendered = render(LETTERS[kind](), language, is_rehearsal=True, comment="We lost two weeks.", next_steps="Posts.")
    html = for_browser(rendered)
    for width in (360, 640):
        for scheme in ("light", "dark"):
            found = looked_at(browser, html, width, scheme)
            assert found == {"overflow": 0, "images": [True] * 5, "faint": []}, (width, scheme)


def test_the_look_sees_what_is_wrong(browser: Browser) -> None:
    page = '<p style="color:#999">faint</p><img src="data:,"><div style="width:700px">wide</div>'
    found = looked_at(browser, page, 640, "light")
    assert json.dumps(found) == '{"overflow": 68, "images": [false], "faint": [["2.85", "faint"]]}'
