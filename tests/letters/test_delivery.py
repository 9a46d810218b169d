"""The way to the mail server: at least once to each reader, twice only in doubt, never to anybody else."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from threading import Thread

import pytest
from aiosmtpd.smtp import SMTP

from smm.files import languages
from smm.letters import outbox
from smm.letters.delivery import Delivered, deliver
from smm.letters.message import message
from smm.letters.render import Rendered
from smm.letters.words import words
from smm.warehouse import connect
from smm.warehouse import run as sql
from tests.database import another
from tests.letters.case import Case
from tests.letters.examples import DAY_4
from tests.letters.handing_over import BOTH, LETTER, OWNER, PARTNER, STATES, run
from tests.letters.mail_server import MailServer


def test_each_reader_gets_a_letter_of_his_own(case: Case, mail_server: MailServer) -> None:
    case.missed(report=BOTH)
    assert run(case, mail_server) == Delivered(sent=[f"{LETTER} {OWNER}", f"{LETTER} {PARTNER}"])
    assert mail_server.connections == 1
    (owner_from, owner_to, owner), (_, partner_to, partner) = mail_server.kept
    assert (owner_from, owner_to, partner_to) == ("reports@agency.example", OWNER, PARTNER)
    assert (owner["From"], owner["To"], partner["To"]) == ("reports@agency.example", OWNER, PARTNER)
    assert owner["Reply-To"] == "anna@agency.example"
    assert owner["Subject"] == "Ярко: октябрь — 2 из 3 целей не выполнены"
    assert partner["Subject"] == "Ярко: October — 2 of 3 targets missed"
    ((identity,),) = case.rows("select message_id from marts.letter")
    assert owner["Message-ID"] == partner["Message-ID"] == identity
    words, sheet = owner.iter_parts()
    assert [part.get_content_type() for part in words.iter_parts()] == ["text/plain", "text/html"]
    assert sheet.get_filename() == "yarko-2025-10.xlsx"
    assert "на 2 377 (17 %) меньше" in owner.get_body(["plain"]).get_content().replace("\xa0", " ")
    assert "Не выполнено" in owner.get_body(["html"]).get_content()
    assert case.rows(STATES) == [(OWNER, "sent", 1, False, None), (PARTNER, "sent", 1, False, None)]
    assert case.rows("select state from marts.letter") == [("sent",)]
    assert run(case, mail_server) == Delivered()
    assert mail_server.connections == 1  # nobody is called for nothing


def test_a_mail_has_the_date_of_its_handing_over_not_of_its_writing(case: Case, mail_server: MailServer) -> None:
    case.missed()
    before = datetime.now(UTC).replace(microsecond=0)
    run(case, mail_server, 24)
    ((_, _, mail),) = mail_server.kept
    assert before <= mail["Date"].datetime <= datetime.now(UTC)


def test_names_break_no_header(case: Case, mail_server: MailServer) -> None:
    case.missed()
    case.warehouse.execute(
        "update marts.letter set content = content || jsonb_build_object('name', e'Yarko\\r\\nBcc: all@evil.example')"
    )
    run(case, mail_server)
    ((_, recipient, mail),) = mail_server.kept
    assert (recipient, mail["Bcc"], mail["To"]) == (OWNER, None, OWNER)
    assert mail["Subject"].startswith("Yarko Bcc: all@evil.example: октябрь")


def test_a_subject_of_any_length_arrives_as_it_was_written() -> None:
    """Folded by EmailMessage itself, one in ten of these loses a space."""
    name = "Пекарня на углу, где липы и клён "
    for length in range(1, 80):
        subject = f"{(name * 3)[:length].strip()}: октябрь — 1 из 3 целей не выполнена"
        mail = message(
            Rendered(subject, "<p>x</p>", "x"), sender="a@b.example", recipient="c@d.example", answers_to=None,
            identity="<1@b.example>", sent_at=DAY_4, language="ru",
        )  # fmt: skip
        received = message_from_bytes(mail.as_bytes(), policy=policy.default)
        assert received["Subject"] == subject
        assert all(len(line) <= 78 for line in mail.as_bytes().splitlines())


def test_a_letter_that_follows_others_stands_in_their_thread(case: Case, mail_server: MailServer) -> None:
    case.missed()
    case.warehouse.execute("update marts.letter set thread = '{<smm-1@agency.example>}'")
    run(case, mail_server)
    ((_, _, mail),) = mail_server.kept
    assert (mail["In-Reply-To"], mail["References"]) == ("<smm-1@agency.example>", "<smm-1@agency.example>")


def test_an_address_that_the_server_cannot_write_is_refused_and_the_others_go_on(
    case: Case, mail_server: MailServer
) -> None:
    cyrillic = "владимир@ярко.рф"
    case.missed(report={"to": [cyrillic, OWNER], "letters": ["missed"]})
    delivered = run(case, mail_server)
    assert (len(delivered.refused), delivered.sent) == (1, [f"{LETTER} {OWNER}"])
    assert case.rows(STATES)[1][:2] == (cyrillic, "refused")


def test_a_letter_that_cannot_be_written_is_held_and_the_others_go_on(case: Case, mail_server: MailServer) -> None:
    case.missed()
    case.missed("nordlys")
    case.warehouse.execute(
        """update marts.letter set content = jsonb_set(content, '{language}', '"xx"') where client = 'nordlys'"""
    )
    case.warehouse.execute("update marts.delivery set language = 'xx' where client = 'nordlys'")
    delivered = run(case, mail_server)
    (held,) = delivered.held
    assert "it cannot be written: UnknownLocaleError: unknown locale 'xx'" in held
    assert delivered.sent == [f"{LETTER} {OWNER}"]
    assert case.rows("select state from marts.letter order by client") == [("held",), ("sent",)]


def test_a_refusal_for_good_is_one_readers_own(case: Case, mail_server: MailServer) -> None:
    case.missed(report=BOTH)
    mail_server.at_rcpt[OWNER] = ["550 5.1.1 no such user"]
    refused = [f"{LETTER} {OWNER}: 550 5.1.1 no such user"]
    assert run(case, mail_server) == Delivered(sent=[f"{LETTER} {PARTNER}"], refused=refused)
    assert case.rows(STATES)[0] == (OWNER, "refused", 1, False, "550 5.1.1 no such user")
    assert case.rows("select state from marts.letter") == [("sent",)]
    assert run(case, mail_server) == Delivered()


def test_a_broken_file_of_a_language_holds_the_letters_in_it_alone(
    case: Case, mail_server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "de.yml").write_text("lead: [")
    (tmp_path / "en.yml").write_text(languages.read("en").path.read_text("utf-8"), "utf-8")
    case.missed("nordlys", report={"to": ["ceo@nordlys.example"], "letters": ["missed"]})
    case.missed(report={"to": [OWNER], "letters": ["missed"]})
    case.warehouse.execute(b"update marts.delivery set language = case client when 'nordlys' then 'de' else 'en' end")
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    delivered = run(case, mail_server)
    (held,) = delivered.held
    assert held.startswith(
        "nordlys: 2025-10-missed-1 to ceo@nordlys.example: it cannot be written: BrokenLanguageError"
    )
    assert "de.yml:1: opens a [ that is not closed" in held
    assert delivered.sent == [f"{LETTER} {OWNER}"]


def test_a_copy_that_cannot_be_written_waits_until_its_language_is_mended(
    case: Case, mail_server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language in languages.known():
        (tmp_path / f"{language}.yml").write_text(languages.read(language).path.read_text("utf-8"), "utf-8")
    english, norwegian = tmp_path / "en.yml", tmp_path / "nb.yml"
    norwegian.write_text(english.read_text("utf-8").replace("\nzone:", "\nzones:"), "utf-8")
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    case.missed(report={"to": [OWNER, {PARTNER: "nb"}], "letters": ["missed"]})
    reason = "it cannot be written: KeyError: 'zone'"
    assert run(case, mail_server) == Delivered(sent=[f"{LETTER} {OWNER}"], held=[f"{LETTER} {PARTNER}: {reason}"])
    assert case.rows(STATES)[1] == (PARTNER, "due", 0, False, reason)
    told = sql(case.warehouse, "letters/troubles.sql", {"as_of": DAY_4})
    assert [(row["kind"], row["why"]) for row in told] == [("held", reason)]
    norwegian.write_text(english.read_text("utf-8"), "utf-8")
    words.cache_clear()  # the next run is a process of its own
    assert run(case, mail_server, 1) == Delivered(sent=[f"{LETTER} {PARTNER}"])
    assert case.rows("select state from marts.letter") == [("sent",)]


def test_a_letter_that_every_server_refuses_is_held(case: Case, mail_server: MailServer) -> None:
    case.missed()
    mail_server.at_data[OWNER] = [lambda _: "550 5.1.1 no such user"]
    assert run(case, mail_server).refused == [f"{LETTER} {OWNER}: 550 5.1.1 no such user"]
    assert case.rows("select state, reason from marts.letter") == [("held", "refused for every reader")]


def test_a_letter_that_is_to_be_tried_again_meanwhile_is_not_held(case: Case, mail_server: MailServer) -> None:
    case.missed()
    case.warehouse.execute("update marts.letter set state = 'sending'")
    case.warehouse.execute("update marts.delivery set state = 'refused'")
    case.warehouse.commit()
    with connect(another(case.warehouse)) as manager, connect(another(case.warehouse)) as other:
        manager.execute("select from marts.letter for update")  # as letters/approval.py does it
        manager.execute("update marts.delivery set state = 'due'")
        settling = Thread(target=sql, args=(other, "letters/settle_letters.sql", {"clients": None}))
        settling.start()
        query = "select from pg_stat_activity where pid = %s and wait_event_type = 'Lock'"
        while not case.warehouse.execute(query, [other.info.backend_pid]).fetchall():
            assert settling.is_alive()
            case.warehouse.rollback()
        manager.commit()
        settling.join()
        other.commit()
    assert case.rows("select state from marts.letter") == [("sending",)]
    assert run(case, mail_server).sent == [f"{LETTER} {OWNER}"]


def test_a_letter_nobody_could_deliver_expires_after_seven_days(case: Case, mail_server: MailServer) -> None:
    case.missed()
    week = timedelta(days=7)
    mail_server.at_rcpt[OWNER] = ["451 later"]
    assert len(deliver(case.warehouse, mail_server.post, None, DAY_4 + week).waiting) == 1
    assert deliver(case.warehouse, mail_server.post, None, DAY_4 + week + timedelta(seconds=1)) == Delivered()
    reason = "not delivered to everybody within 7 days"
    assert case.rows("select state, reason from marts.letter") == [("expired", reason)]
    assert mail_server.kept == []


def test_a_letter_with_another_clients_number_is_held_and_the_others_go_on(case: Case, mail_server: MailServer) -> None:
    case.missed()
    case.missed("nordlys", report={"to": ["owner@nordlys.example"], "letters": ["missed"]})
    case.warehouse.execute(
        "update marts.letter set content = jsonb_set(content, '{targets,0,client}', '\"nordlys\"')"
        " where client = 'yarko'"
    )
    delivered = run(case, mail_server)
    assert delivered.held == [f"{LETTER} {OWNER}: a letter to yarko would show what belongs to nordlys"]
    assert [recipient for _, recipient, _ in mail_server.kept] == ["owner@nordlys.example"]
    assert case.rows("select state, reason from marts.letter order by client desc")[0] == (
        "held",
        "a letter to yarko would show what belongs to nordlys",
    )


def test_only_the_clients_asked_for_are_served(case: Case, mail_server: MailServer) -> None:
    case.missed()
    case.missed("nordlys", report={"to": ["owner@nordlys.example"], "letters": ["missed"]})
    deliver(case.warehouse, mail_server.post, ["nordlys"], DAY_4)
    assert [recipient for _, recipient, _ in mail_server.kept] == ["owner@nordlys.example"]
    assert case.rows("select client, state from marts.letter order by 1") == [("nordlys", "sent"), ("yarko", "due")]


def test_a_letter_that_one_reader_was_sent_has_gone_out_though_another_was_never_reached(
    case: Case, mail_server: MailServer
) -> None:
    case.missed(report={"to": [OWNER, "late@yarko.example"], "letters": ["missed"]})
    mail_server.at_rcpt["late@yarko.example"] = ["451 later"] * 2
    run(case, mail_server)
    deliver(case.warehouse, mail_server.post, None, DAY_4 + timedelta(days=8))
    assert case.rows("select state, reason from marts.letter") == [
        ("sent", "not delivered to everybody within 7 days"),
    ]
    case.kpi("vk.reach", 14300)
    case.judge(at=DAY_4 + timedelta(days=10))
    due = outbox.due(case.warehouse, None, DAY_4 + timedelta(days=10))
    assert [kind for _, kind, _ in due] == ["correction"]


def test_who_has_left_the_clients_file_gets_nothing_that_waits(case: Case, mail_server: MailServer) -> None:
    case.missed(report={"to": [OWNER, "left@yarko.example"], "letters": ["missed"]})
    case.client(report={"to": [OWNER], "letters": ["missed"]})
    assert run(case, mail_server).sent == [f"{LETTER} {OWNER}"]
    gone = "select state, error from marts.delivery where recipient = 'left@yarko.example'"
    assert case.rows(gone) == [("refused", "no longer named in the file of the client")]


def test_who_has_left_the_clients_file_gets_no_double_of_what_may_have_reached_him(
    case: Case, mail_server: MailServer
) -> None:
    def leave(server: SMTP) -> str:
        with connect(another(case.warehouse)) as connection:
            connection.execute(
                """update core.client set report = report || '{"to": [["partner@yarko.example", null]]}'"""
            )
            connection.commit()
            sql(
                connection, "letters/drop_readers.sql", {"clients": None}
            )  # another run leaves what this one has in hand
        server.transport.abort()
        return "451 nobody hears this"

    case.missed(report=BOTH)
    mail_server.at_data[OWNER] = [leave]
    assert run(case, mail_server).sent == [f"{LETTER} {PARTNER}"]
    assert case.rows(STATES)[0][:2] == (OWNER, "sending")
    assert run(case, mail_server, 1) == Delivered()
    assert [recipient for _, recipient, _ in mail_server.kept] == [PARTNER]
    assert case.rows(STATES)[0][::4] == (OWNER, "no longer named in the file of the client")
    assert case.rows("select state from marts.letter") == [("sent",)]


def test_content_that_this_version_cannot_read_stops_nobody_elses_letter(case: Case, mail_server: MailServer) -> None:
    case.missed("nordlys")
    case.missed()
    case.warehouse.execute("update marts.letter set content = content - 'targets' where client = 'nordlys'")
    done = run(case, mail_server)
    assert done.sent == [f"{LETTER} {OWNER}"]
    reason = "its content cannot be read: targets: Field required"
    assert case.rows("select state, reason from marts.letter where client = 'nordlys'") == [("held", reason)]
