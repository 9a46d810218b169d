"""The mail server that Airflow's connection `mail` names, through the provider's hook."""

import json
from typing import Any

import pytest

from smm.letters.message import message
from smm.letters.post import Answer, airflow_post, hand_over
from smm.letters.render import render
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


def test_the_sender_is_the_login_where_no_other_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    connection(monkeypatch, 25, login="reports@agency.example")
    assert airflow_post().sender == "reports@agency.example"


def test_a_connection_that_names_no_sender_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    connection(monkeypatch, 25, login="reports")
    with pytest.raises(ValueError, match="the connection `mail` names no sender"):
        airflow_post()
