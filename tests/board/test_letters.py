"""The list of letters, and each letter as it is sent."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from smm.letters import approval, departure
from smm.letters.delivery import deliver
from tests.board.letters import LETTER, MANAGER, OWNER, PAGE, PARTNER, REPORT, Visit, drafted
from tests.letters.case import Case
from tests.letters.conftest import mail_server
from tests.letters.examples import DAY_4
from tests.letters.mail_server import MailServer

__all__ = ["drafted", "mail_server"]

HOSTILE = '<script>alert(1)</script>"&'


def rows(page: str) -> list[tuple[str, str]]:
    """(client, state and readers) of each letter of the list, as text."""
    cells = r"<th scope=\"row\">.*?</th>\s*(<td>.*?</td>\s*<td>.*?</td>)\s*<td>(.*?)</td>"
    return [(_text(client), _text(state)) for state, client in re.findall(cells, page, re.DOTALL)]


def _text(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def test_what_waits_for_somebody_comes_first(drafted: Case, visitor: Visit, mail_server: MailServer) -> None:
    drafted.missed("gone", report=REPORT)
    mail_server.at_rcpt[PARTNER] = ["550 no such user"]
    deliver(drafted.warehouse, mail_server.post, ["gone"], DAY_4)
    drafted.missed("later", report=REPORT)
    drafted.missed("stopped", report=REPORT)
    approval.hold(drafted.warehouse, "stopped", LETTER, DAY_4, "Anna")
    page = visitor("viewer").get("/board/letters").text
    assert [state for _, state in rows(page)] == [
        "◔ waits for the manager until 5 November at 09:00 (Europe/Moscow) → 2 not sent yet",
        "✕ held held by the manager → 2 not sent yet",
        f"→ will be sent at {departure.told(datetime.now(UTC))} → 2 not sent yet",
        f"✓ sent ✓ 1 sent ✕ 1 refused {PARTNER}: 550 no such user",
    ]


@pytest.mark.parametrize(
    ("asked", "clients"),
    [
        ("", ["Ярко", "Nordlys"]),
        ("client=yarko", ["Ярко"]),
        ("client=нет", []),
        ("client=ORD", ["Nordlys"]),
        ("state=draft", ["Ярко"]),
        ("state=sent", []),
        ("kind=missed", ["Ярко", "Nordlys"]),
        ("kind=data_trouble", []),
        ("page=2", []),
    ],
)
def test_letters_are_found(drafted: Case, visitor: Visit, asked: str, clients: list[str]) -> None:
    drafted.missed("nordlys", name="Nordlys")
    page = visitor("viewer").get(f"/board/letters?{asked}")
    assert page.status_code == 200
    assert [client for client, _ in rows(page.text)] == clients
    assert ("No letters match" in page.text) == (not clients)


def test_a_weekly_letter_is_about_its_week(drafted: Case, visitor: Visit) -> None:
    drafted.warehouse.execute(
        """update marts.letter
        set kind = 'weekly', content = content || jsonb_build_object('kind', 'weekly', 'week', '2025-10-13')"""
    )
    drafted.warehouse.commit()
    told = "week 42, Oct 13\u2009–\u200919"
    assert f"<td>{told}</td>" in visitor("viewer").get("/board/letters").text
    assert f"<dt>About</dt><dd>{told}</dd>" in visitor("viewer").get(PAGE).text


def test_the_list_says_who_writes_the_first_letter(visitor: Visit, warehouse: Any) -> None:
    assert "No letters yet" in visitor("viewer").get("/board/letters").text


def test_a_page_of_letters_asks_twice_however_many_there_are(
    drafted: Case, visitor: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smm.board import letters

    for number in range(3):
        drafted.missed(f"client_{number}")
    asked: list[str] = []
    run = letters.run  # type: ignore[attr-defined]

    def noted(connection: Any, path: str, given: dict[str, Any]) -> Any:
        asked.append(path)
        return run(connection, path, given)

    monkeypatch.setattr(letters, "run", noted)
    monkeypatch.setattr(letters, "SIZE", 3)
    page = visitor("viewer").get("/board/letters").text
    assert asked == ["board/letters.sql", "board/letter_deliveries.sql"]
    assert len(rows(page)) == 3
    assert "4 letters, page 1 of 2" in page
    assert len(rows(visitor("viewer").get("/board/letters?page=2").text)) == 1


def test_a_letter_is_shown_as_it_is_sent_by_itself(drafted: Case, visitor: Visit) -> None:
    approval.comment(drafted.warehouse, "yarko", LETTER, f"Said {HOSTILE}", "Two posts more")
    browser = visitor("viewer")
    page = browser.get(PAGE)
    assert re.findall("<h3>(.*?)</h3>", page.text) == ["English", "Russian"]
    assert "missed, revision 1" in page.text
    assert re.findall(r'<iframe class="mail" sandbox [^>]*src="([^"]+)"', page.text) == [
        f"{PAGE}/mail?language=en",
        f"{PAGE}/mail?language=ru",
    ]
    for language, words in (("en", "2 of 3 targets"), ("ru", "2 из 3 целей")):
        mail = browser.get(f"{PAGE}/mail?language={language}")
        assert mail.status_code == 200
        assert mail.headers["content-security-policy"] == (
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
        )
        assert words in mail.text
        assert "Said &lt;script&gt;" in mail.text
        assert "<script" not in mail.text
        assert "cid:" not in mail.text
    text = browser.get(f"{PAGE}/mail?language=en&form=text")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert f"Said {HOSTILE}" in text.text
    assert "sandbox" in text.headers["content-security-policy"]


def test_a_letter_about_a_month_can_be_downloaded_as_a_pdf(drafted: Case, visitor: Visit) -> None:
    from smm.letters import trouble

    browser = visitor("viewer")
    assert re.findall(r'href="([^"]+/pdf[^"]*)" download', browser.get(PAGE).text) == [
        f"{PAGE}/pdf?language=en",
        f"{PAGE}/pdf?language=ru",
    ]
    file = browser.get(f"{PAGE}/pdf?language=ru")
    assert (file.status_code, file.headers["content-type"]) == (200, "application/pdf")
    assert file.headers["content-disposition"] == 'attachment; filename="yarko-2025-10-ru.pdf"'
    assert file.content.startswith(b"%PDF-")
    found = trouble.Trouble(client="yarko", kind="source", what="vk", why=HOSTILE, is_new=True)
    digest = trouble.write(drafted.warehouse, [found], ["ops@agency.example"], DAY_4, "agency.example")
    drafted.warehouse.commit()
    page = f"/board/clients/_operators/letters/{digest}"
    assert "/pdf" not in browser.get(page).text
    answer = browser.get(f"{page}/pdf")
    assert answer.status_code == 404
    assert "is not about a month: there is no PDF of it" in answer.text


def test_a_letter_that_is_unfit_says_why(drafted: Case, visitor: Visit) -> None:
    drafted.warehouse.execute(
        "update marts.letter set content = jsonb_set(content, '{targets,0,client}', '\"nordlys\"')"
    )
    drafted.warehouse.commit()
    for form in ("mail", "pdf"):
        answer = visitor("viewer").get(f"{PAGE}/{form}?language=en")
        assert answer.status_code == 409
        assert "a letter to yarko would show what belongs to nordlys" in answer.text


def test_the_page_tells_readers_doubts_and_who_decided(drafted: Case, visitor: Visit, mail_server: MailServer) -> None:
    approval.release(drafted.warehouse, "yarko", LETTER, DAY_4, f"anna {HOSTILE}")
    mail_server.at_rcpt[OWNER] = ["450 <b>later</b>"]
    deliver(drafted.warehouse, mail_server.post, None, DAY_4)
    drafted.warehouse.execute("update marts.delivery set in_doubt = true where recipient = %s", [PARTNER])
    drafted.warehouse.commit()
    page = visitor("viewer").get(PAGE).text
    assert "by <bdi>anna &lt;script&gt;" in page
    assert "450 &lt;b&gt;later&lt;/b&gt;" in page
    assert "next try from 2025-11-04 06:30 UTC" in page
    assert page.count("possibly sent twice") == 1
    assert "<script>alert" not in page


def test_the_operators_letters_are_letters_too(drafted: Case, visitor: Visit) -> None:
    from smm.letters import trouble

    found = trouble.Trouble(client="yarko", kind="source", what="vk", why=HOSTILE, is_new=True)
    letter_id = trouble.write(drafted.warehouse, [found], ["ops@agency.example"], DAY_4, "agency.example")
    drafted.warehouse.commit()
    page = visitor("viewer").get("/board/letters").text
    assert ("the operators", f"→ will be sent at {departure.told(datetime.now(UTC))} → 1 not sent yet") in rows(page)
    page = f"/board/clients/_operators/letters/{letter_id}"
    answer = visitor("admin").get(page)
    assert answer.status_code == 200
    assert "revision" not in answer.text, "it would be the day"
    mail = visitor("viewer").get(f"{page}/mail?language=ru")
    assert mail.status_code == 200
    assert "<script" not in mail.text


def test_what_is_not_there_is_told(drafted: Case, visitor: Visit) -> None:
    for path in ("/board/clients/yarko/letters/2025-10-missed-7", f"/board/clients/nobody/letters/{LETTER}/mail"):
        answer = visitor("viewer").get(path)
        assert answer.status_code == 404
        assert "There is no letter" in answer.text


def test_nobody_is_shown_as_the_manager_by_accident(drafted: Case, visitor: Visit) -> None:
    """The draft is hers; the frames show what the readers get."""
    assert f'<th scope="row">{MANAGER} <small>draft</small></th>' in visitor("viewer").get(PAGE).text
    assert "This is a draft" not in visitor("viewer").get(f"{PAGE}/mail?language=en").text
