"""How letters look, in a real browser: nothing overflows, nothing is missing, everything can be read.

Each letter in each language, on a small phone and in a mail program, in light and in dark mode.
"""

import json
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, Literal, get_args

import pytest
from playwright.sync_api import Page

from smm.letters.preview import for_browser
from smm.letters.render import Rendered, render
from tests import browser
from tests.files.test_agency import written
from tests.letters import kinds
from tests.letters.examples import content, judged
from tests.letters.months import history
from tests.letters.test_reader import AGENCY

pytestmark = browser.needed

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

Scheme = Literal["light", "dark"]
LETTERS: dict[str, Callable[[str], Rendered]] = {
    "missed": lambda language: kinds.letter(kinds.missed(), language),
    "monthly": lambda language: kinds.letter(kinds.all_met(), language),
    "unknown": lambda language: kinds.letter(kinds.unknown(), language),
    "correction": lambda language: kinds.letter(kinds.correction(), language),
    "weekly": lambda language: kinds.letter(kinds.weekly(), language),
    "certain_miss": lambda language: kinds.letter(kinds.certain_miss(), language),
    "at_risk": lambda language: kinds.letter(kinds.at_risk(), language),
    "back_on_track": lambda language: kinds.letter(kinds.back_on_track(), language),
    "data_trouble": lambda _: kinds.data_trouble(),  # English for everybody
    "draft": kinds.drafted,
    "personal": kinds.personal,
}


@pytest.fixture
def agency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agency with a logo and a colour as light as it may be."""
    from smm.files.agency import Agency
    from smm.letters.charts import picture
    from tests.letters.test_charts import teller

    logo = picture(judged(history=history()), (), teller(), Agency()).png
    written(tmp_path, f'{AGENCY}logo: logo.png\ncolour: "#8e7200"', logo)
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browser.started() as chromium:
        yield chromium.new_page()


def looked_at(page: Page, width: int, scheme: Scheme) -> dict[str, Any]:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    return {"overflow": browser.overflow(page), "images": browser.images(page), "faint": page.evaluate(FAINT)}


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize("language", ["en", "ru", "sv"])
@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_can_be_read_on_every_screen(page: Page, kind: str, language: str) -> None:
    rendered = LETTERS[kind](language)
    page.set_content(for_browser(rendered))
    for width, scheme in product((360, 640), get_args(Scheme)):
        found = looked_at(page, width, scheme)
        assert found == {"overflow": 0, "images": [True] * len(rendered.pictures), "faint": []}, (width, scheme)


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize(
    ("kind", "pictures"),
    [("missed", 8), ("correction", 2), ("weekly", 2), ("certain_miss", 2), ("data_trouble", 1), ("draft", 2)],
)
def test_the_pictures_are_the_logo_the_charts_and_the_posts(kind: str, pictures: int) -> None:
    assert len(LETTERS[kind]("en").pictures) == pictures


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
def test_a_plan_stays_on_its_line_on_a_small_phone(page: Page, language: str) -> None:
    met = judged("all.cost_per_lead", "met", "12345.5", high=15000), judged("vk.er_post", "met", "0.0131", low="0.01")
    page.set_content(for_browser(render(content(*met, kind="monthly"), language)))
    looked_at(page, 360, "light")
    lines = "() => [...document.querySelectorAll('td br + .grey')].map(plan => plan.getClientRects().length)"
    assert page.evaluate(lines) == [1, 1]


def test_the_look_sees_what_is_wrong(page: Page) -> None:
    page.set_content('<p style="color:#999">faint</p><img src="data:,"><div style="width:700px">wide</div>')
    found = looked_at(page, 640, "light")
    assert json.dumps(found) == '{"overflow": 68, "images": [false], "faint": [["2.85", "faint"]]}'
