"""A rehearsal: the letter as it would be, to one address, noted nowhere."""

from datetime import UTC, datetime

import pytest

from smm.letters.content import Kind
from smm.letters.rehearsal import NotAcceptedError, rehearse
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER
from tests.letters.mail_server import MailServer

ADDRESS = "anna@agency.example"


def test_a_rehearsal_goes_to_one_address_and_is_noted_nowhere(case: Case, mail_server: MailServer) -> None:
    case.missed()
    before = case.rows("select * from marts.letter"), case.rows("select * from marts.delivery")
    assert rehearse(case.warehouse, mail_server.post, "yarko", OCTOBER, DAY_4, ADDRESS, "missed")
    ((_, recipient, mail),) = mail_server.kept
    assert (recipient, mail["To"]) == (ADDRESS, ADDRESS)
    assert mail["Subject"] == "[Проба] Ярко: октябрь — 2 из 3 целей не выполнены"
    assert "пробное письмо" in mail.get_body(["plain"]).get_content()
    assert "пробное письмо" in mail.get_body(["html"]).get_content()
    assert (mail["Message-ID"],) not in case.rows("select message_id from marts.letter")
    assert (case.rows("select * from marts.letter"), case.rows("select * from marts.delivery")) == before


def test_a_month_without_a_missed_target_is_no_rehearsal(case: Case, mail_server: MailServer) -> None:
    case.missed(targets={"leads": {"at_least": 40}})
    assert not rehearse(case.warehouse, mail_server.post, "yarko", OCTOBER, DAY_4, ADDRESS, "missed")
    assert mail_server.kept == []


def test_every_kind_can_be_rehearsed(case: Case, mail_server: MailServer) -> None:
    case.missed()
    case.warehouse.execute("update marts.letter set state = 'sent'")
    case.kpi("vk.reach", 14300)
    case.judge()
    case.warehouse.execute("update marts.verdict set verdict = 'certain_miss' where kpi = 'er_post'")
    kinds: tuple[Kind, ...] = ("monthly", "correction", "weekly", "certain_miss")
    at = datetime(2025, 11, 3, 9, tzinfo=UTC)  # a Monday
    for kind in kinds:
        assert rehearse(case.warehouse, mail_server.post, "yarko", OCTOBER, at, ADDRESS, kind), kind
    assert [mail["Subject"].partition(" — ")[2] for *_, mail in mail_server.kept] == [
        "выполнены обе цели",
        "исправлены 2 результата",
        "2 из 3 целей по плану",
        "1 цель уже не выполнить",
    ]
    assert case.rows("select letter_id from marts.letter") == [("2025-10-missed-1",)]


def test_what_the_server_says_against_it_is_told(case: Case, mail_server: MailServer) -> None:
    case.missed()
    mail_server.at_rcpt[ADDRESS] = ["550 no such user"]
    with pytest.raises(NotAcceptedError, match="550 no such user"):
        rehearse(case.warehouse, mail_server.post, "yarko", OCTOBER, DAY_4, ADDRESS, "missed")
