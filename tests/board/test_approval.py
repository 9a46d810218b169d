"""The manager's approval through the board, up to what her readers get."""

import re
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import pytest

from smm.letters import departure
from smm.letters.delivery import deliver
from smm.loading import dags
from smm.loading.dags import Dag
from tests.board.letters import HERE, LETTER, OWNER, PAGE, PARTNER, Visit, drafted
from tests.letters.case import Case
from tests.letters.conftest import mail_server
from tests.letters.mail_server import MailServer

__all__ = ["drafted", "mail_server"]

HOSTILE = (
    "<script>alert(1)</script>\r\nBcc: x@evil.example\r\n\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe\0 {{ 7*7 }} </textarea>"
)
PLAIN = HOSTILE.replace("\r\n", "\n").replace("\0", "")
DEEDS = ("words", "release", "hold")


def state(case: Case) -> Any:
    (found,) = case.rows(
        "select state, comment ->> 'ru' as comment, decided_by from marts.letter where letter_id = '2025-10-missed-1'"
    )
    case.warehouse.commit()
    return found


def test_a_letter_is_commented_released_and_delivered(drafted: Case, visitor: Visit, mail_server: MailServer) -> None:
    manager = visitor("user")
    said = {"comment_ru": "The fair\r\nwas cancelled", "next_steps_ru": "Two posts more", "then": "release"}
    answer = manager.post(f"{PAGE}/words", data=said, headers=HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?sure=release#sure")
    assert state(drafted) == ("draft", "The fair\nwas cancelled", None)
    page = manager.get(f"{PAGE}?sure=release").text
    assert f'action="{PAGE}/release"' in page
    assert f"It will be sent at {departure.told(datetime.now(UTC))}, to {OWNER}, {PARTNER}, as it is shown" in page
    for _ in range(2):
        answer = manager.post(f"{PAGE}/release", headers=HERE)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?said=released")
    assert state(drafted) == ("due", "The fair\nwas cancelled", "a user")
    page = manager.get(f"{PAGE}?said=released").text
    told = departure.told(datetime.now(UTC))
    assert f"Released: it will be sent to its readers at {told}." in page
    assert "by <bdi>a user</bdi>" in page
    done = deliver(drafted.warehouse, mail_server.post, None, datetime.now(UTC))
    assert done.sent == [f"yarko: {LETTER} to {OWNER}", f"yarko: {LETTER} to {PARTNER}"]
    for _, _, mail in mail_server.kept:
        text = mail.get_body(["plain"]).get_content()
        assert "The fair\r\nwas cancelled" in text
        assert "Two posts more" in text
    assert manager.post(f"{PAGE}/release", headers=HERE).headers["location"] == f"{PAGE}?said=late"
    assert "Nothing was changed: it is too late" in manager.get(f"{PAGE}?said=late").text


def test_no_hour_is_promised_while_nothing_is_sent(
    drafted: Case, visitor: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dags, "known", lambda: [Dag("report_targets", is_paused=True, has_run=True)])
    told = "as soon as report_targets is switched on in Airflow (it is off now)"
    manager = visitor("user")
    assert f"It will be sent {told}, to {OWNER}, {PARTNER}, as it is shown" in manager.get(f"{PAGE}?sure=release").text
    manager.post(f"{PAGE}/release", headers=HERE)
    assert f"Released: it will be sent to its readers {told}." in manager.get(f"{PAGE}?said=released").text
    assert f"<small>{told}</small>" in manager.get("/board/letters").text
    assert state(drafted)[0] == "due"


def _seen(page: str) -> str:
    """The mark of the words that a page shows, as its form sends it."""
    (mark,) = re.findall(r'name="seen" value="(\w+)"', page)
    return str(mark)


def test_of_two_managers_neither_undoes_unread_words(drafted: Case, visitor: Visit) -> None:
    manager, sees = visitor("user"), _seen(visitor("user").get(PAGE).text)
    first = {"comment_ru": "The fair was cancelled", "next_steps_ru": "", "seen": sees}
    for _ in range(2):  # sent twice, it is no other's
        assert manager.post(f"{PAGE}/words", data=first, headers=HERE).headers["location"] == f"{PAGE}?said=saved"
    second = {"comment_ru": "All is well", "next_steps_ru": "", "seen": sees, "then": "release"}
    answer = manager.post(f"{PAGE}/words", data=second, headers=HERE)
    assert answer.headers["location"] == f"{PAGE}?said=overtaken"
    assert "another person has edited the letter in the meantime" in manager.get(f"{PAGE}?said=overtaken").text
    assert state(drafted) == ("draft", "The fair was cancelled", None)

    sure = _seen(manager.get(f"{PAGE}?sure=release").text)
    manager.post(f"{PAGE}/words", data={"comment_ru": "It was not", "next_steps_ru": ""}, headers=HERE)
    answer = manager.post(f"{PAGE}/release", data={"seen": sure}, headers=HERE)
    assert answer.headers["location"] == f"{PAGE}?said=overtaken"
    assert state(drafted) == ("draft", "It was not", None)


@pytest.mark.parametrize("sent", [{"json": {"comment_ru": "New"}}, {"data": {"comment_ru": "New"}}, {}])
def test_words_that_were_not_sent_are_not_emptied(drafted: Case, visitor: Visit, sent: dict[str, Any]) -> None:
    manager = visitor("user")
    manager.post(f"{PAGE}/words", data={"comment_ru": "It was", "next_steps_ru": "Go on"}, headers=HERE)
    answer = manager.post(f"{PAGE}/words", headers=HERE, **sent)
    assert answer.status_code == 400
    assert "next_steps: is missing, write it" in answer.text
    assert state(drafted) == ("draft", "It was", None)


def test_a_letter_is_held(drafted: Case, visitor: Visit, mail_server: MailServer) -> None:
    manager = visitor("op")
    answer = manager.post(f"{PAGE}/words", data={"comment_ru": "", "next_steps_ru": "", "then": "hold"}, headers=HERE)
    assert answer.headers["location"] == f"{PAGE}?sure=hold#sure"
    assert f'action="{PAGE}/hold"' in manager.get(f"{PAGE}?sure=hold").text
    assert manager.post(f"{PAGE}/hold", headers=HERE).headers["location"] == f"{PAGE}?said=held"
    assert state(drafted) == ("held", None, "a op")
    assert deliver(drafted.warehouse, mail_server.post, None, datetime.now(UTC) + timedelta(days=2)).sent == []
    assert f'action="{PAGE}/hold"' not in manager.get(f"{PAGE}?sure=hold").text


@pytest.mark.parametrize("deed", DEEDS)
def test_a_viewer_reads_and_does_not_decide(drafted: Case, visitor: Visit, deed: str) -> None:
    viewer = visitor("viewer")
    page = viewer.get(PAGE).text
    assert "waits for the manager" in page
    assert '<form method="post"' not in page
    assert '<form method="post"' not in viewer.get(f"{PAGE}?sure=release").text
    assert '<form method="post"' in visitor("user").get(PAGE).text
    assert viewer.post(f"{PAGE}/{deed}", data={"comment_ru": "x"}, headers=HERE).status_code == 403
    assert state(drafted) == ("draft", None, None)


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://wiki.airflow.example", "sec-fetch-site": "same-site"},
        {"origin": "http://airflow.example", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site"},
        {},
    ],
)
def test_no_other_site_can_decide(drafted: Case, visitor: Visit, deed: str, headers: dict[str, str]) -> None:
    answer = visitor("admin").post(f"{PAGE}/{deed}", data={"comment_ru": "x"}, headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.text
    assert state(drafted) == ("draft", None, None)


def test_an_older_browser_and_a_program_with_a_token_may(drafted: Case, visitor: Visit) -> None:
    browser = visitor("admin")
    assert browser.post(f"{PAGE}/hold", headers={"origin": "http://airflow.example"}).status_code == 303
    token = browser.cookies["_token"]
    program = visitor(None)
    assert program.post(f"{PAGE}/release", headers={"authorization": f"Bearer {token}"}).status_code == 303
    assert state(drafted) == ("due", None, "a admin")


def test_a_hostile_comment_is_text_on_the_page_and_in_the_letter(
    drafted: Case, visitor: Visit, mail_server: MailServer
) -> None:
    manager = visitor("user")
    manager.post(f"{PAGE}/words", data={"comment_ru": HOSTILE, "next_steps_ru": "\r\n\r\n"}, headers=HERE)
    assert drafted.rows("select comment, next_steps from marts.letter") == [({"ru": PLAIN}, {})]
    drafted.warehouse.commit()
    for page in (manager.get(PAGE).text, visitor("viewer").get(PAGE).text):
        assert escape(PLAIN, quote=False) in page
        assert "<script>alert" not in page
    manager.post(f"{PAGE}/release", headers=HERE)
    deliver(drafted.warehouse, mail_server.post, None, datetime.now(UTC))
    for _, _, mail in mail_server.kept:
        assert mail["Bcc"] is None
        html = mail.get_body(["html"]).get_content()
        assert "<script" not in html
        assert "&lt;script&gt;" in html
        assert PLAIN.replace("\n", "\r\n") in mail.get_body(["plain"]).get_content()


def test_too_long_a_comment_is_refused(drafted: Case, visitor: Visit) -> None:
    answer = visitor("user").post(f"{PAGE}/words", data={"comment_ru": "x" * 4001}, headers=HERE)
    assert answer.status_code == 400
    assert state(drafted) == ("draft", None, None)


def test_a_letter_whose_verdicts_have_changed_leads_to_the_one_in_its_place(drafted: Case, visitor: Visit) -> None:
    drafted.kpi("vk.reach", 14300)
    drafted.judge()
    drafted.warehouse.commit()
    manager = visitor("user")
    anew = PAGE.replace("missed-1", "missed-2")
    answer = manager.post(f"{PAGE}/release", headers=HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{anew}?said=anew")
    page = manager.get(f"{anew}?said=anew").text
    assert "the verdicts have changed since the letter was written" in page
    assert f'href="{PAGE}">2025-10-missed-1</a>, whose verdicts have changed' in page
    assert f'href="{anew}">2025-10-missed-2</a>' in manager.get(PAGE).text


@pytest.mark.parametrize("deed", DEEDS)
def test_a_letter_that_is_not_there_is_a_sentence(drafted: Case, visitor: Visit, deed: str) -> None:
    manager = visitor("user")
    answer = manager.post(
        f"{PAGE.replace('missed-1', 'missed-9')}/{deed}", data={"comment_ru": "x", "next_steps_ru": ""}, headers=HERE
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/board/letters?said=unknown")
    assert "this letter no longer exists" in manager.get("/board/letters?said=unknown").text
