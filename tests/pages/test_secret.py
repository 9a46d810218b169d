"""The link stands in the reader's mail, and nowhere else: in no log, no row, no answer of a mail server."""

import logging
from typing import TYPE_CHECKING

import httpx
import pytest
from aiosmtpd.smtp import SMTP

from smm.letters.delivery import deliver
from tests.letters.examples import DAY_4
from tests.letters.handing_over import BOTH, OWNER, PARTNER
from tests.pages.conftest import LINK, Mailed
from tests.served import served

if TYPE_CHECKING:
    from fastapi import FastAPI


def test_no_log_has_a_link(
    mailed: Mailed,
    airflow_app: "FastAPI",
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.NOTSET)
    (link,) = mailed.links(OWNER)
    token = link.split("/")[2]
    other = token[::-1]

    def broken(*_: object) -> None:
        raise KeyError(token)

    with served(airflow_app, log_level="debug", log_config=None) as address, httpx.Client(base_url=address) as browser:
        rest = ("", "/", "/2025-10-missed-1", "/2025-10-missed-2", "/a/b", "/?token=x", "//", "/%20")
        answers = [browser.get(f"/pages/{each}{tail}").status_code for each in (token, other) for tail in rest]
        assert answers == [200, 200, 200, 404, 404, 200, 404, 404, *[404] * len(rest)]
        assert browser.post(f"/pages/{token}/").status_code == 405
        monkeypatch.setattr("smm.pages.shown.page", broken)
        assert browser.get(f"/pages/{token}/").status_code == 503
        monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", '{"conn_type": "postgres", "host": "127.0.0.1", "port": 1}')
        assert browser.get(f"/pages/{token}/").status_code == 503
        assert browser.get(f"/pages/{token}%zz/").status_code == 404
    printed = "".join(capfd.readouterr())
    by_uvicorn = [record.getMessage() for record in caplog.records if record.name == "uvicorn.access"]
    assert len(by_uvicorn) == 2 * len(rest) + 4
    assert {line.split('"')[1].split()[1] for line in by_uvicorn} == {"/pages/hidden"}
    assert printed.count("/pages/hidden") == len(by_uvicorn), "Airflow's own log of requests"
    ours = [record.getMessage() for record in caplog.records if record.name == "smm.pages.app"]
    assert [line.split(" at ")[0] for line in ours] == ["a page failed: KeyError", "a page failed: OperationalError"]
    said = [record.getMessage() + (record.exc_text or "") for record in caplog.records if record.name != "httpx"]
    said = [line for line in said if not line.startswith(("send_", "receive_"))]  # the test's own browser
    for secret in (token, other):
        assert [line for line in (*said, *printed.splitlines()) if secret in line] == []


def test_the_warehouse_keeps_what_opens_nothing(mailed: Mailed) -> None:
    tokens = [link.split("/")[2] for link in mailed.links()]
    assert len(tokens) == 2
    tables = mailed.rows(
        "select schemaname || '.' || tablename from pg_tables"
        " where schemaname not in ('pg_catalog', 'information_schema')"
    )
    kept = "\n".join(str(row) for (name,) in tables for row in mailed.rows(f"select t::text from {name} as t"))
    assert "yarko" in kept
    for token in tokens:
        assert token not in kept


def test_a_mail_server_that_quotes_the_link_is_noted_without_it(empty: Mailed) -> None:
    seen: list[str] = []

    def blocked(smtp: SMTP) -> str:
        (link,) = LINK.findall(mail_of(smtp))
        seen.append(link.split("/")[2])
        return f"554 5.7.1 blocked because of https://airflow.agency.example{link.upper()}"

    empty.case.missed(report=BOTH)
    empty.server.at_data[OWNER] = [blocked]
    delivered = deliver(empty.case.warehouse, empty.server.post, None, DAY_4)
    assert len(seen) == 1
    (line,) = delivered.refused or delivered.waiting
    assert line.endswith("554 5.7.1 blocked because of https://airflow.agency.example/PAGES/***/")
    assert empty.rows(f"select error from marts.delivery where recipient = '{OWNER}'") == [
        ("554 5.7.1 blocked because of https://airflow.agency.example/PAGES/***/",)
    ]
    assert empty.links(PARTNER) != []


def mail_of(smtp: SMTP) -> str:
    """The text of the mail that a server has just been given."""
    from email import message_from_bytes, policy

    mail = message_from_bytes(smtp.envelope.original_content or b"", policy=policy.default)
    return mail.get_body(("plain",)).get_content()
