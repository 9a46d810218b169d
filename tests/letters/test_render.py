# ruff: noqa: E501, a line of a letter is one line
"""The letter as HTML and text: complete, small, on its own, and deaf to what names and notes would have it do."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from smm.letters.content import Content
from smm.letters.render import render
from tests.files.test_agency import PNG, written
from tests.letters.examples import content, judged
from tests.letters.months import history

HOSTILE = '<script>alert(1)</script></mj-text><img src="https://evil.example">{{ 7*7 }} {n} =HYPERLINK("x")\r\nBcc: a@b'


def plain(text: str) -> str:
    """With plain spaces for those that hold a number together."""
    return re.sub(r"[^\S\n]", " ", text)


class Page(HTMLParser):
    """The elements of a page, their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attributes:
            self.attributes.setdefault(name, []).append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def full(size: int = 1) -> Content:
    """A letter with everything in it, ``size`` times."""
    event = {"client": "yarko", "first_day": "2025-10-13", "last_day": "2025-10-22", "network": "vk", "text": "Holiday"}
    targets = (
        judged(value=11873, before=14820, year_ago=9120, rule="plan"),
        judged("vk.er_post", value="0.0108", low="0.012"),
        judged("all.followers", "met", 1712, low=1700),
        judged("all.leads", "not_measured", None, low=40, reason="no_access"),
        judged("all.romi", "not_due", "-0.12", low=0),
    )
    return content(*targets * size, events=(event,), costs=({"client": "yarko", "measure": "fee", "value": 30000},))


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
def test_html_and_text_say_the_same(language: str) -> None:
    rendered = render(full(), language)
    page = Page(rendered.html)
    shown = plain(page.text).casefold()
    for line in filter(None, plain(rendered.text).splitlines()):
        for words in re.split(r"^- |: |, | \(|; ", line.strip()):
            assert words.rstrip(")").casefold() in shown
    assert set(page.attributes["lang"]) == {language}


TEXT = """\
Yarko · October 2025
2 of 4 targets missed

Reach, VK: 11,873 against a target of 14,250 — 2,377 (17%) below it. Down 20% on September.
Also missed: Engagement rate per post.

MISSED

Reach, VK
  Plan: 14,250
  Result: 11,873
  Difference: −2,377 (−17%)
  September 2025: 14,820
  October 2024: 9,120
  down 20% on September, up 30% on October 2024

Engagement rate per post, VK
  Plan: at least 1.20%
  Result: 1.08%
  Difference: −0.12 percentage points
  September 2025: no data

WHAT WE DID

- Oct 13 – 22, VK: Holiday

WHAT IT COST

- Fee: RUB 30,000

MET

- Followers, all networks: 1,712 (Plan: at least 1,700)

NOT KNOWN OR NOT CERTAIN

- Leads, all networks: not known, because we have no access to this number

NOT JUDGED YET

- Return on marketing (ROMI), all networks: −12%; judged from January 2025 on

WHAT THE NUMBERS MEAN

- Reach: people who saw something from the community; each person is counted once
- Engagement rate per post: how many likes, comments and reposts a post got for every 100 followers, on average
- Followers: how many followers there are at the end
- Leads: calls, messages, forms and e-mails, as agreed
- Return on marketing (ROMI): what was earned beyond the cost of ads and our fee, as a share of that cost; below zero is a loss

WHERE THE NUMBERS COME FROM

- Measured by VK: Reach, Engagement rate per post, Followers, Return on marketing (ROMI)

These numbers are provisional: they may still change until November 14.
Days and months are counted in the time zone Europe/Moscow.
Judged by version 3 of the targets.
If you no longer want to receive these letters, please say so in a reply to this one.
Your reply goes to anna@agency.example.
"""


def test_text() -> None:
    assert plain(render(full(), "en").text) == TEXT


def test_nothing_is_fetched_from_anywhere() -> None:
    rendered = render(content(judged(history=history())), "ru")
    page = Page(rendered.html)
    assert {"link", "script", "iframe"} & set(page.tags) == set()
    assert {"href", "background"} & page.attributes.keys() == set()
    assert page.attributes["src"] == [f"cid:{picture.cid}" for picture in rendered.pictures]
    assert "@import" not in page.text
    assert "url(" not in page.text


def test_html_stays_below_what_mail_clients_clip() -> None:
    assert len(render(full(8), "ru").html.encode()) < 100_000  # 40 targets


def test_the_first_four_that_are_missed_have_a_chart() -> None:
    kpis = ("vk.reach", "vk.visitors", "vk.posts", "vk.er_post", "all.followers", "site.sessions", "all.leads")
    missed = [judged(name, history=history((14820, 11873 - 1000 * place))) for place, name in enumerate(kpis[1:])]
    rendered = render(content(judged(kpis[0]), *missed, judged("all.calls", "met", 1, history=history())), "en")
    titles = [target.title["en"] for target in missed]
    assert [picture.alt.split(",")[0] for picture in rendered.pictures] == titles[:4]
    assert [alt.split(",")[0] for alt in Page(rendered.html).attributes["alt"]] == titles[:4]
    assert "Sep 2025: 14,820; Oct 2025: 11,873 (provisional)" in plain(Page(rendered.html).attributes["alt"][0])


def test_the_agency_and_its_manager_have_their_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    written(tmp_path, 'name: A & <b>\nlogo: logo.png\ncolour: "#7a0019"', PNG)
    rendered = render(full(), "en", comment="We lost <b>two</b> weeks.\r\nSorry!", next_steps="New posts")
    page = Page(rendered.html)
    assert rendered.agency == "A & <b>"
    assert "A & <b>" in page.text
    assert [(picture.png, picture.alt) for picture in rendered.pictures] == [(PNG, "A & <b>")]
    assert {"120", "40"} <= {*page.attributes["width"], *page.attributes["height"]}
    assert "#7a0019" in rendered.html
    assert "We lost <b>two</b> weeks." in page.text
    for told in ("\nCOMMENT FROM YOUR MANAGER\n\nWe lost <b>two</b> weeks.\nSorry!\n", "\nNEXT STEPS\n\nNew posts\n"):
        assert told in rendered.text


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
def test_what_comes_from_outside_is_text_and_nothing_else(language: str) -> None:
    event = {"client": "yarko", "first_day": "2025-10-13", "last_day": "2025-10-22", "network": "vk", "text": HOSTILE}
    letter = content(judged(network=HOSTILE), name=HOSTILE, manager=None, events=(event,))
    rendered = render(letter, language)
    page, harmless = Page(rendered.html), Page(render(content(events=({**event, "text": "Holiday"},)), language).html)
    assert sorted(set(page.tags)) == sorted(set(harmless.tags))
    assert page.attributes.keys() == harmless.attributes.keys()
    assert page.text.count("<script>alert(1)</script></mj-text>") >= 3
    assert "{{ 7*7 }} {n}" in page.text
    assert "\n" not in rendered.subject
    assert "\r" not in rendered.subject


def test_signs_that_nobody_sees_stop_no_letter() -> None:
    rendered = render(content(judged(), name="Bell\x07"), "en", comment="red \x1b[31m & <b>, None\x0bnan")
    for text in (rendered.subject, rendered.html, rendered.text):
        assert [sign for sign in text if ord(sign) < 32 and sign not in "\t\n\r"] == []
    assert "red  [31m &amp; &lt;b&gt;" in rendered.html
