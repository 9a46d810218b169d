"""The manager's approval: a draft for her, her word, and what goes out without it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from smm.letters import approval, outbox
from smm.letters.delivery import Delivered, deliver
from smm.warehouse import connect
from tests.database import another
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER
from tests.letters.mail_server import MailServer
from tests.test_main import smm

OWNER, MANAGER = "owner@yarko.example", "anna@agency.example"
LETTER = "2025-10-missed-1"
HOUR = timedelta(hours=1)
NEXT_DAY = DAY_4 + timedelta(hours=24)
STATES = "select recipient, is_draft, state from marts.delivery order by 1"


@pytest.fixture(autouse=True)
def agency_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the agency's file lies."""
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    return tmp_path


def run(case: Case, server: MailServer, at: datetime = DAY_4) -> Delivered:
    return deliver(case.warehouse, server.post, None, at)


def state(case: Case) -> Any:
    ((found,),) = case.rows("select state from marts.letter")
    case.warehouse.commit()
    return found


def test_the_manager_alone_gets_the_draft_and_the_readers_the_letter_when_her_time_is_over(
    drafted: Case, mail_server: MailServer
) -> None:
    assert run(drafted, mail_server).sent == [f"yarko: {LETTER} to {MANAGER}"]
    assert drafted.rows(STATES) == [(MANAGER, True, "sent"), (OWNER, False, "due")]
    assert run(drafted, mail_server, NEXT_DAY - timedelta(seconds=1)) == Delivered()
    assert state(drafted) == "draft"
    assert run(drafted, mail_server, NEXT_DAY).sent == [f"yarko: {LETTER} to {OWNER}"]
    assert state(drafted) == "sent"
    (_, _, draft), (_, _, letter) = mail_server.kept
    assert (draft["To"], letter["To"]) == (MANAGER, OWNER)
    assert draft["Subject"] == f"[Черновик] {letter['Subject']}"
    assert draft["Message-ID"] != letter["Message-ID"]
    assert (draft["Reply-To"], letter["Reply-To"]) == (None, MANAGER)


def test_a_draft_says_until_when_it_waits_and_how_to_answer(
    drafted: Case, mail_server: MailServer, agency_folder: Path
) -> None:
    run(drafted, mail_server)
    ((_, _, mail),) = mail_server.kept
    until = "Читателям он уйдёт 5 ноября, 09:00 (Europe/Moscow) в этом виде"
    deeds = [f"python -m smm letter {deed} yarko {LETTER}" for deed in ("release", "hold", "comment")]
    for kind in ("plain", "html"):
        text = mail.get_body([kind]).get_content().replace("\xa0", " ")
        assert [part in text for part in (until, *deeds)] == [True] * 4, kind
    body = mail.get_body(["html"]).get_content()
    assert body.index("<body") < body.index("Это черновик") < body.index("<h1")

    (agency_folder / "_agency.yml").write_text('name: Agency\nboard: "https://airflow.example/a&b/"')
    drafted.warehouse.execute("update marts.delivery set state = 'due'")
    run(drafted, mail_server)
    mail = mail_server.kept[1][2]
    page = f"board/clients/yarko/letters/{LETTER}"  # its whole address stands behind the view's, for Airflow's router
    assert f"задержать: https://airflow.example/a&b/plugin/smm/a&b/{page}\r\n" in mail.get_body(["plain"]).get_content()
    html = mail.get_body(["html"]).get_content()
    address = f"https://airflow.example/a&amp;b/plugin/smm/a&amp;b/{page}"
    assert f'<a href="{address}" style="color:#1f2937">{address}</a></p>' in html
    assert "python -m smm" not in mail.get_body(["plain"]).get_content()


def test_no_draft_is_made_where_nobody_asks_for_one(case: Case) -> None:
    readers: dict[str, dict[str, Any]] = {
        "no_manager": {"to": [OWNER], "letters": ["missed"]},
        "her_own": {"to": [MANAGER], "manager": MANAGER, "letters": ["missed"]},
    }
    for client, report in readers.items():
        case.missed(client, report=report)
        assert not approval.give(case.warehouse, client, LETTER, 24, DAY_4)
    case.missed()
    assert not approval.give(case.warehouse, "yarko", LETTER, 0, DAY_4)
    assert case.rows("select distinct state, due_at from marts.letter") == [("due", None)]
    assert case.rows("select from marts.delivery where is_draft") == []


def test_a_manager_who_is_a_reader_too_gets_both(case: Case, mail_server: MailServer) -> None:
    case.missed(report={"to": [OWNER, MANAGER], "manager": MANAGER, "letters": ["missed"]})
    assert approval.give(case.warehouse, "yarko", LETTER, 24, DAY_4)
    run(case, mail_server)
    run(case, mail_server, NEXT_DAY)
    assert [(to, mail["Subject"][:10]) for _, to, mail in mail_server.kept] == [
        (MANAGER, "[Черновик]"),
        (MANAGER, "Ярко: октя"),
        (OWNER, "Ярко: октя"),
    ]


def test_a_released_letter_goes_at_once_and_may_be_released_twice(drafted: Case, mail_server: MailServer) -> None:
    for _ in range(2):
        approval.release(drafted.warehouse, "yarko", LETTER, DAY_4, MANAGER)
    assert run(drafted, mail_server).sent == [f"yarko: {LETTER} to {OWNER}"]  # the draft is no news any more


def test_a_held_letter_stays_held_until_it_is_released(drafted: Case, mail_server: MailServer) -> None:
    for _ in range(2):
        approval.hold(drafted.warehouse, "yarko", LETTER, DAY_4, MANAGER)
    month_later = NEXT_DAY + timedelta(days=30)
    assert run(drafted, mail_server, month_later) == Delivered()
    assert drafted.rows("select state, reason from marts.letter") == [("held", "held by the manager")]
    approval.release(drafted.warehouse, "yarko", LETTER, month_later, MANAGER)
    assert run(drafted, mail_server, month_later).sent == [f"yarko: {LETTER} to {OWNER}"]
    assert drafted.rows("select state, reason from marts.letter") == [("sent", None)]


def test_a_letter_that_every_server_refused_is_tried_again_when_released(case: Case, mail_server: MailServer) -> None:
    case.missed()
    mail_server.at_rcpt[OWNER] = ["550 no such user"]
    run(case, mail_server)
    assert state(case) == "held"
    approval.release(case.warehouse, "yarko", LETTER, DAY_4, MANAGER)
    assert run(case, mail_server).sent == [f"yarko: {LETTER} to {OWNER}"]


def test_the_managers_words_reach_every_reader(drafted: Case, mail_server: MailServer) -> None:
    approval.comment(drafted.warehouse, "yarko", LETTER, "We <i>know</i> why", "A contest\nin December")
    approval.comment(drafted.warehouse, "yarko", LETTER, next_steps="A contest in January")
    run(drafted, mail_server, NEXT_DAY)
    ((_, _, mail),) = mail_server.kept
    text = mail.get_body(["plain"]).get_content()
    assert [part in text for part in ("We <i>know</i> why", "A contest in January", "December")] == [True, True, False]
    turn_over = "select comment, next_steps from marts.letter"
    assert drafted.rows(turn_over) == [({"ru": "We <i>know</i> why"}, {"ru": "A contest in January"})]


def test_it_is_too_late_for_what_is_on_its_way(drafted: Case) -> None:
    said = {
        "sending": "is already on its way to its readers",
        "sent": "has been sent already",
        "expired": "has expired",
        "taken_back": "was taken back",
    }
    for now, text in said.items():
        drafted.warehouse.execute("update marts.letter set state = %s", [now])
        drafted.warehouse.commit()
        for deed in (approval.hold, approval.release):
            if now == "sending" and deed is approval.release:
                approval.release(drafted.warehouse, "yarko", LETTER, DAY_4, MANAGER)  # as it is
                continue
            with pytest.raises(approval.TooLate, match=f"{LETTER} {text}"):
                deed(drafted.warehouse, "yarko", LETTER, DAY_4, MANAGER)
            drafted.warehouse.rollback()
        with pytest.raises(approval.TooLate, match=f"{LETTER} {text}"):
            approval.comment(drafted.warehouse, "yarko", LETTER, "x")
        drafted.warehouse.rollback()
        assert drafted.rows("select state, comment from marts.letter") == [(now, {})]


def test_nobody_can_hold_what_is_being_handed_over(drafted: Case, mail_server: MailServer) -> None:
    refused = []

    def hold(_: object) -> str:
        with connect(another(drafted.warehouse)) as second, pytest.raises(approval.TooLate) as error:
            approval.hold(second, "yarko", LETTER, NEXT_DAY, MANAGER)
        refused.append(str(error.value))
        return "250 OK"

    mail_server.at_data[OWNER] = [hold]
    assert run(drafted, mail_server, NEXT_DAY).sent == [f"yarko: {LETTER} to {OWNER}"]
    assert refused == [f"{LETTER} is already on its way to its readers"]


def test_a_draft_that_the_server_refuses_delays_nothing(drafted: Case, mail_server: MailServer) -> None:
    mail_server.at_rcpt[MANAGER] = ["550 no such user"]
    assert run(drafted, mail_server).refused == [f"yarko: {LETTER} to {MANAGER}: 550 no such user"]
    assert state(drafted) == "draft"
    assert run(drafted, mail_server, NEXT_DAY).sent == [f"yarko: {LETTER} to {OWNER}"]
    assert state(drafted) == "sent"


def test_an_unfit_letter_is_held_before_its_draft_is_seen(drafted: Case, mail_server: MailServer) -> None:
    drafted.warehouse.execute(
        "update marts.letter set content = jsonb_set(content, '{targets,0,client}', '\"nordlys\"')"
    )
    reason = "a letter to yarko would show what belongs to nordlys"
    assert run(drafted, mail_server).held == [f"yarko: {LETTER} to {MANAGER}: {reason}"]
    assert drafted.rows("select state, reason from marts.letter") == [("held", reason)]
    assert run(drafted, mail_server, NEXT_DAY) == Delivered()
    assert mail_server.kept == []


def test_the_command_does_and_says_it(drafted: Case) -> None:
    def said(*words: str) -> tuple[int, str]:
        done = smm(drafted.warehouse, "letter", *words)
        return done.returncode, (done.stdout + done.stderr).strip()

    subject = "Ярко: октябрь — 2 из 3 целей не выполнены"
    assert said("list", "yarko") == (0, f"{LETTER:<28}draft until 2025-11-05 06:00 UTC: {subject}")
    assert said("comment", "yarko", LETTER) == (
        1,
        "say --text, --next or both; an empty text removes the old one",
    )
    assert said("comment", "yarko", LETTER, "--text", "Мы знаем почему", "--next", "") == (
        0,
        f"yarko: {LETTER} now has this text; it was neither released nor held",
    )
    assert said("hold", "yarko", LETTER) == (0, f"yarko: {LETTER} is held until it is released")
    assert said("list", "yarko") == (0, f"{LETTER:<28}held (held by the manager): {subject}")
    code, text = said("release", "yarko", LETTER)
    assert (code, re.sub(r"\d\d:00 UTC.*", "11:00 UTC", text)) == (
        0,
        f"yarko: {LETTER} will be sent to its readers at 11:00 UTC",
    )
    assert drafted.rows("select state, comment, next_steps from marts.letter") == [
        ("due", {"ru": "Мы знаем почему"}, {})
    ]
    ((decided,),) = drafted.rows("select decided_at from marts.letter")
    assert datetime.now(UTC) - decided < timedelta(minutes=5)
    assert said("hold", "yarko", "2025-10-missed-7") == (
        1,
        f"yarko has no letter 2025-10-missed-7; the newest are: {LETTER}",
    )
    assert said("list", "nobody") == (0, "nobody has no letters")
    assert re.search("invalid choice: 'burn'", said("burn", "yarko", LETTER)[1])


def test_a_draft_whose_time_was_over_long_ago_expires(drafted: Case, mail_server: MailServer) -> None:
    assert run(drafted, mail_server, NEXT_DAY + timedelta(days=7, seconds=1)) == Delivered()
    assert state(drafted) == "expired"
    assert mail_server.kept == []


def test_answers_go_to_the_manager_whom_the_file_names_when_it_is_delivered(
    drafted: Case, mail_server: MailServer
) -> None:
    drafted.client(report={"to": [OWNER], "manager": "new@agency.example", "letters": ["missed"]})
    run(drafted, mail_server, NEXT_DAY)
    ((_, _, mail),) = mail_server.kept
    assert mail["Reply-To"] == "new@agency.example"
    text = mail.get_body(["plain"]).get_content()
    assert ["new@agency.example" in text, MANAGER in text] == [True, False]


def test_words_that_come_while_the_mail_is_made_are_not_missed(drafted: Case, mail_server: MailServer) -> None:
    """The first reader's client's letter is handed over while the second's, made already, still waits."""
    drafted.missed("nordlys")
    approval.release(drafted.warehouse, "yarko", LETTER, DAY_4, MANAGER)

    def say(_: object) -> str:
        with connect(another(drafted.warehouse)) as second:
            approval.comment(second, "yarko", LETTER, "The fair was cancelled")
        return "250 OK"

    mail_server.at_data[OWNER] = [say]
    assert run(drafted, mail_server).sent == [f"nordlys: {LETTER} to {OWNER}"]
    assert run(drafted, mail_server, DAY_4 + HOUR).sent == [f"yarko: {LETTER} to {OWNER}"]
    assert "The fair was cancelled" in mail_server.kept[1][2].get_body(["plain"]).get_content()


READERS: dict[str, Any] = {"to": [OWNER, "partner@yarko.example", "left@yarko.example"], "letters": ["missed"]}


def refused_once(case: Case, server: MailServer) -> None:
    """One reader has the letter, two were refused, one of whom has left."""
    case.missed(report=READERS)
    server.at_rcpt = {"partner@yarko.example": ["550 5.1.1 no such user"], "left@yarko.example": ["550 5.1.1 gone"]}
    assert len(run(case, server).refused) == 2
    case.client(report=READERS | {"to": READERS["to"][:2]})
    case.warehouse.commit()


def test_who_was_refused_wrongly_gets_the_letter_when_it_is_sent_again(case: Case, mail_server: MailServer) -> None:
    refused_once(case, mail_server)
    later = DAY_4 + timedelta(days=20)
    assert approval.again(case.warehouse, "yarko", LETTER, later, MANAGER) == ["partner@yarko.example"]
    assert case.rows("select state, decided_by from marts.letter") == [("sending", MANAGER)]
    assert run(case, mail_server, later).sent == [f"yarko: {LETTER} to partner@yarko.example"]
    assert state(case) == "sent"
    assert [to for _, to, _ in mail_server.kept] == [OWNER, "partner@yarko.example"]
    with pytest.raises(
        approval.NotRefused, match=f"no mail server has refused {LETTER} for any reader in the client's file"
    ):
        approval.again(case.warehouse, "yarko", LETTER, later, MANAGER)


def test_what_is_no_news_any_more_is_not_sent_again(case: Case, mail_server: MailServer) -> None:
    refused_once(case, mail_server)
    said = {
        "expired": (approval.TooLate, "has expired"),
        "taken_back": (approval.TooLate, "was taken back"),
        "held": (approval.NotRefused, "is held: `release` sends it, also to the readers who were refused"),
        "draft": (approval.NotRefused, "is draft: `release` sends it"),
    }
    for now, (refused, text) in said.items():
        case.warehouse.execute("update marts.letter set state = %s", [now])
        case.warehouse.commit()
        with pytest.raises(refused, match=f"{LETTER} {text}"):
            approval.again(case.warehouse, "yarko", LETTER, DAY_4, MANAGER)
        case.warehouse.rollback()
    case.warehouse.execute("update marts.letter set state = 'sent'")
    with pytest.raises(approval.TooLate, match="is no longer news: it was written on 2025-11-04"):
        approval.again(case.warehouse, "yarko", LETTER, DAY_4 + timedelta(days=32), MANAGER)
    case.facts(14300)
    case.judge(at=DAY_4 + timedelta(days=10))
    outbox.write(case.warehouse, "yarko", OCTOBER, DAY_4 + timedelta(days=10), "agency.example", "correction")
    with pytest.raises(approval.TooLate, match="has been corrected since, by 2025-10-correction-1"):
        approval.again(case.warehouse, "yarko", LETTER, DAY_4 + timedelta(days=11), MANAGER)


def test_the_command_names_who_gets_it_again(case: Case, mail_server: MailServer) -> None:
    refused_once(case, mail_server)
    case.warehouse.execute("update marts.letter set created_at = now()")
    case.warehouse.commit()
    done = smm(case.warehouse, "letter", "again", "yarko", LETTER)
    assert re.fullmatch(
        rf"yarko: {LETTER} will be sent to partner@yarko\.example at \d\d:00 UTC( on [0-9-]{{10}})?\n", done.stdout
    )
    done = smm(case.warehouse, "letter", "again", "yarko", LETTER)
    assert (done.returncode, done.stderr.partition(" for any")[0]) == (1, f"no mail server has refused {LETTER}")
