"""The operators' digest: what could not be settled without a person, told once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from smm import catalogue, clients
from smm.clients import plans
from smm.letters import trouble
from smm.letters.delivery import deliver
from smm.letters.trouble import OPERATORS, Trouble
from smm.warehouse import Connection
from tests.letters.case import Case
from tests.letters.examples import DAY_4
from tests.letters.mail_server import MailServer

OPERATOR = "ops@agency.example"
DAY = timedelta(days=1)


def one(client: str = "yarko", what: str = "x", why: str = "y", **parts: Any) -> Trouble:
    return Trouble.model_validate({"client": client, "kind": "source", "what": what, "why": why} | parts)


def write(warehouse: Connection, as_of: datetime, *troubles: Trouble) -> str | None:
    letter = trouble.write(warehouse, troubles, [OPERATOR], as_of, "agency.example")
    warehouse.commit()
    return letter


def keys(found: list[Trouble]) -> list[tuple[str, str, str, str]]:
    return [(*each.key, each.why) for each in found]


def stored(case: Case, as_of: datetime = DAY_4) -> list[tuple[str, str, str, str]]:
    found = clients.read(catalogue.read(), case.folder)
    return keys(list(trouble.of_warehouse(case.warehouse, found, as_of)))


def test_a_digest_goes_to_the_operators_when_there_is_something_new_and_not_twice_a_day(case: Case) -> None:
    vk, ga4 = one(what="vk"), one(what="ga4")
    hours: dict[float, tuple[list[Trouble], str | None]] = {
        0: ([], None),
        1: ([vk], "2025-11-04-data_trouble"),
        2: ([vk], None),
        3: ([vk, ga4], None),  # the day has had its digest
        24: ([vk, ga4], "2025-11-05-data_trouble"),
        48: ([vk], None),
        49: ([], None),
        72: ([vk.model_copy(update={"why": "another"})], "2025-11-07-data_trouble"),  # it had ended, and is back
        96: ([vk], None),  # why it is may change from try to try
    }
    for hour, (found, letter) in hours.items():
        assert write(case.warehouse, DAY_4 + timedelta(hours=hour), *found) == letter, hour
    assert case.rows("select distinct client, kind, state from marts.letter") == [(OPERATORS, "data_trouble", "due")]
    assert case.rows("select distinct recipient from marts.delivery") == [(OPERATOR,)]
    told = [
        [(t["what"], t["is_new"]) for t in content["troubles"]]
        for (content,) in case.rows("select content from marts.letter order by created_at")
    ]
    assert told == [[("vk", True)], [("vk", False), ("ga4", True)], [("vk", True)]]


def test_the_digest_arrives_and_foreign_text_is_harmless(case: Case, mail_server: MailServer) -> None:
    case.client()
    hostile = one(what="vk", why='<script>alert(1)</script> <a href="https://evil.example">')
    write(case.warehouse, DAY_4, hostile, one(OPERATORS, "kpis.yml · reach", "is no formula", kind="kpi"))
    done = deliver(case.warehouse, mail_server.post, [OPERATORS], DAY_4)
    assert done.sent == [f"_operators: 2025-11-04-data_trouble to {OPERATOR}"]
    ((_, recipient, mail),) = mail_server.kept
    assert (recipient, mail["Subject"]) == (OPERATOR, "Letters and data need attention (new: 2)")
    assert mail["Content-Language"] == "en", "whatever the clients' languages are"
    html = mail.get_body(["html"]).get_content()
    assert "<script>" not in html
    assert "<a " not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert mail.get_body(["plain"]).get_content().replace("\r\n", "\n") == (
        "Letters and data need attention (new: 2)\n"
        "\n"
        "These problems need a person. Each is reported when it begins, and again only if it ends and comes back.\n"
        "\n"
        "KPIS NOT JUDGED\n"
        "\n"
        "- New: kpis.yml · reach\n"
        "  is no formula\n"
        "\n"
        "SOURCES THAT CANNOT BE LOADED\n"
        "\n"
        "- New: yarko: vk\n"
        '  <script>alert(1)</script> <a href="https://evil.example">\n'
    )


def test_letters_that_are_held_refused_or_have_not_arrived(case: Case, mail_server: MailServer) -> None:
    readers = ["refused@x.example", "late@x.example", "owner@x.example"]
    case.missed(report={"to": readers, "letters": ["missed"]})
    case.missed("nordlys", report={"to": ["gone@x.example"], "letters": ["missed"]})
    mail_server.at_rcpt = {
        "refused@x.example": ["550-5.1.1 no\r\n550 5.1.1 such\x1b[31m user " + "z" * 400],
        "late@x.example": ["451 greylisted"] * 9,
        "gone@x.example": ["550 5.1.1 gone"],
    }
    deliver(case.warehouse, mail_server.post, None, DAY_4)
    held = ("nordlys", "held", "2025-10-missed-1", "refused for every reader")
    gone = ("nordlys", "refused", "2025-10-missed-1 · gone@x.example", "550 5.1.1 gone")
    late = ("yarko", "undelivered", "2025-10-missed-1 · late@x.example", "451 greylisted")
    found = stored(case)
    assert [each for each in found if each[2] != "2025-10-missed-1 · refused@x.example"] == [held, gone]
    ((why),) = [each[3] for each in found if each[2] == "2025-10-missed-1 · refused@x.example"]
    assert (why[:7], len(why), "\n" in why, "\x1b" in why) == ("550 5.1", 304, False, False)
    assert late not in stored(case, DAY_4 + DAY)
    assert late in stored(case, DAY_4 + DAY + timedelta(seconds=1))
    deliver(case.warehouse, mail_server.post, None, DAY_4 + 8 * DAY)
    assert case.rows("select state from marts.letter where client = 'yarko'") == [("sent",)]
    assert late in stored(case, DAY_4 + 8 * DAY)
    assert stored(case, DAY_4 + 32 * DAY) == []
    case.warehouse.execute("update marts.letter set state = 'taken_back' where client = 'yarko'")
    assert late not in stored(case, DAY_4 + 8 * DAY)


def test_sources_of_clients_at_work_that_let_nobody_in(case: Case) -> None:
    case.client()
    case.client("nordlys", ended=datetime(2025, 10, 31, tzinfo=UTC).date())
    load = """
        insert into core.load (client, load_id, run_id, source, network, state, is_transient, reason, started_at)
        values (%s, %s, 'run', %s, %s, %s, %s, %s, %s)
    """
    for client, network, hour, state, is_transient in (
        ("yarko", "vk", 1, "published", False),
        ("yarko", "vk", 2, "failed", False),
        ("yarko", "vk", 3, "fetching", False),
        ("yarko", "figures", 1, "failed", True),
        ("yarko", "gone", 1, "failed", False),  # no source of its file any more
        ("nordlys", "vk", 1, "failed", False),  # its work has ended
    ):
        at = DAY_4 + timedelta(hours=hour)
        case.warehouse.execute(
            load, [client, f"{network}-{hour}", network, network, state, is_transient, "the token is dead", at]
        )
    case.warehouse.execute(
        """insert into core.coverage (client, network, source, report, day, load_id, state, reason) values
        ('yarko', 'vk', 'vk', 'stats', '2025-11-02', 'x', 'known', null),
        ('yarko', 'vk', 'vk', 'stats', '2025-11-03', 'x', 'no_access', 'VK says 15'),
        ('yarko', 'vk', 'vk', 'posts', '2025-11-02', 'x', 'no_access', 'VK says 15'),
        ('yarko', 'vk', 'vk', 'posts', '2025-11-03', 'x', 'known', null)"""
    )
    assert stored(case) == [
        ("yarko", "access", "vk · stats", "VK says 15"),
        ("yarko", "source", "vk", "the token is dead"),
    ]


def test_files_and_kpis_that_are_refused(case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    case.client()
    (case.folder / "broken.yml").write_text("name: Broken\nlanguage: fr\n")
    known = catalogue.read()
    found = clients.read(known, case.folder)
    _, refused = plans.read(known, found)
    told = keys(list(trouble.of_files(known, found, refused)))
    missing = "is missing: add `report: {to: [owner@yarko.example]}`, for example"
    assert ("broken", "file", "broken.yml · report", missing) in told
    assert {each[0] for each in told} == {"broken"}
