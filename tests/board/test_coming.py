"""The board asks the manager for her words before a letter is written."""

import re
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from smm.board import coming as page_of
from smm.board import letters as list_of
from smm.letters import outbox
from smm.warehouse import Connection
from tests.board.letters import HERE, MANAGER, OWNER, PARTNER, REPORT, Visit
from tests.files.test_agency import written
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER

PAGE = "/board/clients/yarko/coming/2025-10"
HOSTILE = "</textarea><script>alert(1)</script>\r\n{{ 7*7 }}"
NOW = datetime(2025, 11, 2, 12, tzinfo=UTC)


class Clock(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
        return NOW


@pytest.fixture
def judged(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """On 2 November; the agency gives its managers a day."""
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    for module in (page_of, list_of):
        monkeypatch.setattr(module, "datetime", Clock)
    case = Case(warehouse, tmp_path)
    case.client(report=REPORT)
    case.facts(11873)
    case.judge(at=NOW)
    warehouse.commit()
    written(tmp_path, "name: A\ndraft_hours: 24")
    return case


def test_the_letters_to_be_written_are_listed_with_when_each_is_sent(judged: Case, visitor: Visit) -> None:
    viewer = visitor("viewer")
    asks = viewer.get("/board/letters").text
    assert re.search(r'<a href="/board/coming">1 letter is still to be written</a> about last month: 1 of them', asks)
    page = viewer.get("/board/coming").text
    assert f'href="{PAGE}"' in page
    assert [part in page for part in ("5 November at 09:00 (Europe/Moscow)", MANAGER, "Russian: none")] == [True] * 3
    written(judged.folder, "name: A")
    assert "4 November at 09:00 (Europe/Moscow)" in viewer.get("/board/coming").text
    assert '<form method="post"' not in viewer.get(PAGE).text
    assert viewer.post(f"{PAGE}/words", data={}, headers=HERE).status_code == 403


def test_the_managers_words_are_kept_for_the_letter(judged: Case, visitor: Visit) -> None:
    manager = visitor("user")
    page = manager.get(PAGE).text
    assert re.findall(r'<textarea name="(\w+)"', page) == [
        *("comment_ru", "next_steps_ru"),
        *("comment_en", "next_steps_en"),
    ]
    assert f"{OWNER} (Russian), {PARTNER} (English)" in page
    (seen,) = re.findall(r'name="seen" value="(\w+)"', page)
    given = {"comment_ru": HOSTILE, "next_steps_ru": "", "comment_en": "", "next_steps_en": "", "seen": seen}
    answer = manager.post(f"{PAGE}/words", data=given, headers=HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?said=saved")
    page = manager.get(f"{PAGE}?said=saved").text
    assert "Saved: it will be part of the letter" in page
    assert escape(HOSTILE.replace("\r\n", "\n"), quote=False) in page
    assert "<script>alert" not in page
    assert f"{PARTNER} reads English, and there is no comment in English: the letter shows the one in Russian." in page
    answer = manager.post(f"{PAGE}/words", data=given | {"comment_ru": "Другое"}, headers=HERE)
    assert answer.headers["location"] == f"{PAGE}?said=overtaken"
    listed = manager.get("/board/coming").text
    assert re.findall(r"(\w+)(?:: none)?</span> ", listed.split("</thead>")[1]).count("Russian") == 2
    assert "English: none" in listed
    assert "no comment from the manager yet" not in manager.get("/board/letters").text


def test_a_letter_that_is_written_is_not_coming(judged: Case, visitor: Visit) -> None:
    judged.judge()
    outbox.write(judged.warehouse, "yarko", OCTOBER, DAY_4, "agency.example", "missed")
    judged.warehouse.commit()
    manager = visitor("user")
    assert manager.get(PAGE).status_code == 404
    assert "No letter is to be written now" in manager.get("/board/coming").text
    answer = manager.post(f"{PAGE}/words", data={"comment_ru": "x", "next_steps_ru": ""}, headers=HERE)
    assert answer.headers["location"] == "/board/letters?said=written"
    assert "the letter is written already" in manager.get("/board/letters?said=written").text
    assert "still to be written" not in manager.get("/board/letters").text


@pytest.mark.parametrize("month", ["2025-13", "october", "2025-10-01"])
def test_a_month_is_one(judged: Case, visitor: Visit, month: str) -> None:
    assert visitor("user").get(f"/board/clients/yarko/coming/{month}").status_code == 400


def test_no_other_site_can_write(judged: Case, visitor: Visit) -> None:
    given = {"comment_ru": "x", "next_steps_ru": ""}
    answer = visitor("admin").post(f"{PAGE}/words", data=given, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert judged.rows("select * from core.coming_words") == []
    assert visitor(None).get("/board/coming").status_code in (302, 303, 401)
