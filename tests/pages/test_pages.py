"""What a reader finds on his own page: his letters, the newest month's targets with charts; each opening is noted."""

import re
from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.files.test_agency import written
from tests.letters.examples import OCTOBER
from tests.letters.handing_over import BOTH, OWNER, PARTNER
from tests.letters.months import YEAR
from tests.pages.conftest import PLAIN, Mailed

if TYPE_CHECKING:
    from starlette.testclient import TestClient

LETTER = "2025-10-missed-1"
OPENINGS = "select client, recipient, letter_id from access.page_opening order by opened_at"


def text(html: str) -> str:
    """What stands on a page, without its head and tags."""
    shown = re.sub(r"<head>.*?</head>|<!--.*?-->|<[^>]+>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(shown).replace("\xa0", " ").split())


def test_a_reader_opens_his_page_by_the_link_in_his_mail(mailed: Mailed, browser: "TestClient") -> None:
    (link,) = mailed.links(OWNER)
    page = browser.get(link)
    assert page.status_code == 200
    assert 'lang="ru"' in page.text
    assert text(page.text).startswith(
        "Northern Lights Ярко Октябрь 2025 г. 2 из 3 целей не выполнены Охват, ВКонтакте: план 14 250, факт 11 873 — на"
        " 2 377 ("
    )
    assert text(page.text).endswith(
        "Ваши письма Октябрь 2025 г. Ярко: октябрь — 2 из 3 целей не выполнены Отправлено 17 ноября 2026 г. Эта"
        " страница только для вас. Ваша ссылка действует до 15 февраля 2027 г. включительно; в каждом новом письме —"
        " новая ссылка."
    )


def test_another_reader_has_a_link_of_his_own_and_his_language(mailed: Mailed, browser: "TestClient") -> None:
    (owner,), (partner,) = mailed.links(OWNER), mailed.links(PARTNER)
    assert owner != partner
    page = browser.get(partner)
    assert 'lang="en"' in page.text
    assert "Ярко: October — 2 of 3 targets missed" in page.text
    assert "Your link works until February 15, 2027" in text(page.text)


def test_a_letter_opens_as_it_was_sent_and_leads_back(mailed: Mailed, browser: "TestClient") -> None:
    (link,) = mailed.links(PARTNER)
    (name,) = re.findall(r'<a href="([^"]+)">Ярко: October', browser.get(link).text)
    letter = browser.get(f"{link}{name}")
    mails = {to: mail for _, to, mail in mailed.server.kept}
    sent = text(mails[PARTNER].get_body(("html",)).get_content())
    link_below = "All your letters, targets and charts on one page This link is only for you. It works until"
    assert sent.endswith(f"{link_below} February 15, 2027.")
    assert '<a href="./"' in letter.text
    assert text(letter.text) == f"← All letters {sent.partition(f' {link_below}')[0]}"


def test_a_program_that_cut_the_last_slash_shows_the_same(mailed: Mailed, browser: "TestClient") -> None:
    (link,) = mailed.links(OWNER)
    token = link.split("/")[2]
    whole, cut = browser.get(link), browser.get(link.rstrip("/"))
    assert cut.text == whole.text.replace(f'href="{LETTER}"', f'href="{token}/{LETTER}"')


def test_the_newest_month_has_its_targets_and_charts(empty: Mailed, browser: "TestClient") -> None:
    empty.case.client(report=BOTH)
    for month, value in enumerate(YEAR[4:], 1):
        empty.case.kpi("vk.reach", value, OCTOBER.replace(month=month))
    empty.case.missed(report=BOTH)
    empty.deliver()
    page = browser.get(empty.links(PARTNER)[0]).text
    (chart,) = re.findall(r'<img src="(data:image/png;base64,[^"]+)" alt="([^"]+)"', page)
    assert "Reach, VK" in chart[1]
    targets = [text(each).split(" (")[0] for each in re.findall(r"<article>.*?</article>", page, re.DOTALL)]
    assert targets == [
        "Reach VK Plan 14,250 Result 11,873 Verdict missed Difference −2,377",
        "Engagement rate per post VK Plan at least 1.20% Result 1.08% Verdict missed Difference −0.12 percentage"
        " points",
        "Leads all networks Plan at least 40 Result 41 Verdict met",
    ]


def test_each_opening_is_noted_with_nothing_of_the_browser(mailed: Mailed, browser: "TestClient") -> None:
    (link,) = mailed.links(OWNER)
    browser.get(link)
    browser.get(f"{link}{LETTER}")
    browser.head(link)  # a mail server looks whether there is something
    browser.get(f"{link}2025-09-missed-1")  # there is no such letter
    assert mailed.rows(OPENINGS) == [("yarko", OWNER, None), ("yarko", OWNER, LETTER)]
    columns = "select column_name from information_schema.columns where table_name = 'page_opening' order by 1"
    assert mailed.rows(columns) == [("client",), ("letter_id",), ("opened_at",), ("recipient",)]


def test_newer_letters_come_first_and_an_older_link_shows_them_too(mailed: Mailed, browser: "TestClient") -> None:
    mailed.correct()
    newest, oldest = mailed.links(PARTNER)
    pages = [browser.get(link).text for link in (newest, oldest)]
    assert pages[0] == pages[1]
    assert re.findall(r'<a href="([^"]+)">', pages[0]) == ["2025-10-correction-1", LETTER]


def test_a_letter_that_cannot_be_read_is_listed_without_a_link(mailed: Mailed, browser: "TestClient") -> None:
    (link,) = mailed.links(PARTNER)
    mailed.case.warehouse.execute("update marts.letter set content = content - 'targets'")
    mailed.case.warehouse.commit()
    page = browser.get(link)
    assert page.status_code == 200
    assert "This letter cannot be shown here. Sent on" in text(page.text)
    assert f'href="{LETTER}"' not in page.text
    assert browser.get(f"{link}{LETTER}").status_code == 404


def test_names_from_outside_are_text(mailed: Mailed, browser: "TestClient") -> None:
    name = '<script>alert(1)</script>"&'
    mailed.case.client(name=name, report=BOTH)
    mailed.case.warehouse.execute(
        "update marts.letter set content = jsonb_set(content, '{name}', to_jsonb(%s::text))", [name]
    )
    mailed.case.warehouse.commit()
    (link,) = mailed.links(OWNER)
    for path in (link, f"{link}{LETTER}"):
        page = browser.get(path)
        assert page.status_code == 200
        assert "<script" not in page.text
        assert name in text(page.text)


@pytest.mark.parametrize(("days", "year"), [(1, 2026), (366, 2027)])
def test_a_link_works_through_its_last_day_where_the_client_is(empty: Mailed, days: int, year: int) -> None:
    written(empty.case.folder, f"{PLAIN}pages: {{days: {days}}}\n")
    empty.case.missed(report=BOTH)
    empty.deliver()
    (mail,) = [mail for _, to, mail in empty.server.kept if to == PARTNER]
    assert mail.get_body(("plain",)).get_content().endswith(f"It works until November 18, {year}.\r\n")
    midnight = datetime(year, 11, 19, tzinfo=ZoneInfo("Europe/Moscow"))
    assert empty.rows("select distinct expires_at from access.page_link") == [(midnight,)]
