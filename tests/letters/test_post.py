"""The mail server that Airflow's connection `mail` names, through the provider's hook."""

import json
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest

from smm.letters.delivery import deliver
from smm.letters.message import message
from smm.letters.post import Answer, airflow_post, hand_over
from smm.letters.render import render
from tests.letters.case import Case
from tests.letters.examples import DAY_4, content
from tests.letters.mail_server import MailServer


def connection(monkeypatch: pytest.MonkeyPatch, port: int, login: str | None = None, **extra: Any) -> None:
    plain = {"disable_ssl": True, "disable_tls": True} | extra
    named = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "login": login, "extra": plain}
    monkeypatch.setenv("AIRFLOW_CONN_MAIL", json.dumps(named))


def test_the_mail_goes_out_as_it_was_built(mail_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    connection(monkeypatch, mail_server.port, from_email="reports@agency.example")
    post = airflow_post()
    assert (post.sender, post.domain) == ("reports@agency.example", "agency.example")
    mail = message(
        render(content(), "ru"),
        sender=post.sender,
        recipient="owner@yarko.example",
        answers_to=None,
        identity="<smm-1@agency.example>",
        sent_at=DAY_4,
        language="ru",
    )
    with post.connect() as smtp:
        assert hand_over(smtp, mail) == Answer("sent")
    ((sender, recipient, received),) = mail_server.kept
    assert (sender, recipient) == ("reports@agency.example", "owner@yarko.example")
    assert received["Message-ID"] == "<smm-1@agency.example>"
    words, _sheet = received.iter_parts()
    assert [part.get_content_type() for part in words.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    ("from_email", "domain", "name"),
    [
        ("reports@agency.example", "agency.example", ""),
        ("Agency <reports@agency.example>", "agency.example", "Agency"),
        ('"Agency, Inc." <reports@Agency.example>', "agency.example", "Agency, Inc."),
        ("Агентство, ООО <reports@agency.example>", "agency.example", "Агентство, ООО"),
        ("=?utf-8?b?0JDQs9C10L3RgtGB0YLQstC+?= <reports@agency.example>", "agency.example", "Агентство"),
        ("reports@агентство.рф", "xn--80aeci4bhthb.xn--p1ai", ""),
        ('"Агентство" <reports@агентство.рф>', "xn--80aeci4bhthb.xn--p1ai", "Агентство"),
        ("reports@straße.example", "xn--strae-oqa.example", ""),
    ],
)
def test_the_sender_may_have_a_name_and_an_international_domain(
    case: Case, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, from_email: str, domain: str, name: str
) -> None:
    connection(monkeypatch, mail_server.port, from_email=from_email)
    post = airflow_post()
    assert post.domain == domain
    case.missed()
    case.warehouse.execute("update marts.letter set message_id = '<smm-1@' || %s || '>'", [post.domain])
    assert len(deliver(case.warehouse, post, None, DAY_4).sent) == 1
    ((sender, _, mail),) = mail_server.kept
    assert sender == mail["From"].addresses[0].addr_spec == f"reports@{domain}"
    assert mail["From"].addresses[0].display_name == name
    assert mail["Message-ID"] == f"<smm-1@{domain}>"


def test_the_agencys_name_takes_the_place_of_the_senders() -> None:
    mail = message(
        replace(render(content(), "ru"), agency="Northern Lights"), sender="Agency <a@b.example>",
        recipient="c@d.example", answers_to=None, identity="<1@b.example>", sent_at=DAY_4, language="ru",
    )  # fmt: skip
    received = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert received["From"].addresses[0].display_name == "Northern Lights"


@pytest.mark.parametrize(
    ("from_email", "found"),
    [
        ("Agency reports@agency.example", "'Agency reports@agency.example'"),
        ("reports@agency.example, ops@agency.example", "'reports@agency.example, ops@agency.example'"),
        ("reports@", "'reports@'"),
        ("reports", "'reports'"),
        (5, "'5'"),
        ("reports@agency.example\r\nBcc: all@evil.example", r"'reports@agency.example\r\nBcc: all@evil.example'"),
    ],
)
def test_what_is_no_sender_is_shown_to_the_operators(
    monkeypatch: pytest.MonkeyPatch, from_email: Any, found: str
) -> None:
    connection(monkeypatch, 25, login="reports@agency.example", from_email=from_email)
    with pytest.raises(ValueError, match="the connection `mail` has no valid sender") as refused:
        airflow_post()
    assert f": {found} is no mail address" in str(refused.value)
    assert "write reports@agency.example or Agency <reports@agency.example>" in str(refused.value)


def test_a_letter_ends_with_how_to_stop_it_and_has_a_header_for_it(case: Case, mail_server: MailServer) -> None:
    for client, manager in (("yarko", "anna@agency.example"), ("nordlys", None)):
        languages = [{f"{language}@{client}.example": language} for language in ("en", "ru", "sv")]
        case.missed(client, report={"to": languages, "manager": manager, "letters": ["missed"]})
    deliver(case.warehouse, mail_server.post, None, DAY_4)
    said = {"en": "If you no longer want to receive these letters, please say so in a reply to this one."}
    said["ru"] = "Если вы больше не хотите получать такие письма, напишите об этом в ответном письме."
    said["sv"] = "Om du inte längre vill få de här breven, skriv det i ett svar på det här brevet."
    assert len(mail_server.kept) == 6
    for _, reader, mail in mail_server.kept:
        for form in ("plain", "html"):
            assert said[reader[:2]] in mail.get_body([form]).get_content()
        stops = "anna@agency.example" if "yarko" in reader else "reports@agency.example"
        assert mail["List-Unsubscribe"] == f"<mailto:{stops}?subject=unsubscribe>"
        assert str(mail["Reply-To"] or mail["From"]) == stops


def test_the_sender_is_the_login_where_no_other_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    connection(monkeypatch, 25, login="reports@agency.example")
    assert airflow_post().sender == "reports@agency.example"


def test_a_connection_that_names_no_sender_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    connection(monkeypatch, 25, login="reports")
    with pytest.raises(ValueError, match="the connection `mail` has no sender"):
        airflow_post()
