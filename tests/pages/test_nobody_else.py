"""A link opens the letters of one client to one reader, and nothing else, for nobody else, by no method but reading."""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
import yaml

from smm.letters import page_link
from smm.letters.approval import give
from smm.upkeep import forget
from tests.clock import NOW
from tests.letters.examples import DAY_4
from tests.letters.handing_over import BOTH, OWNER, PARTNER
from tests.pages.conftest import AGENCY, PLAIN, Mailed

if TYPE_CHECKING:
    from httpx import Response
    from starlette.testclient import TestClient

LETTER = "2025-10-missed-1"
MANAGER = "anna@agency.example"
METHODS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow, noarchive",
}


def routes() -> Iterator[str]:
    """The path of every route that the app has, below the link's place."""
    from starlette.routing import Route

    from smm.pages.app import build

    for route in build().routes:
        assert isinstance(route, Route)
        assert route.methods == {"GET", "HEAD"}
        yield route.path.replace("{letter_id}", LETTER)


def paths(token: str) -> list[str]:
    found = [f"/pages{path.replace('{token}', token)}" for path in routes()]
    assert found == [f"/pages/{token}", f"/pages/{token}/", f"/pages/{token}/{LETTER}"]
    return [*found, f"/pages/{token}/2024-01-missed-1", f"/pages/{token}/{LETTER}/", f"/pages/{token}/a/b"]


def seen(answer: "Response") -> tuple[int, bytes, dict[str, str]]:
    return answer.status_code, answer.content, dict(answer.headers)


def refused(browser: "TestClient", token: str) -> bool:
    """Whether every path of this link has the answer that a link by chance has, byte for byte."""
    nobody = seen(browser.get(f"/pages/{secrets.token_hex(20)}/"))
    assert nobody[0] == 404
    return all(seen(browser.get(path)) == nobody for path in paths(token))


def token(mailed: Mailed, recipient: str = OWNER) -> str:
    return mailed.links(recipient)[0].split("/")[2]


# --- whose link does not work


WRONG: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "%20",
    "a client": lambda _: "yarko",
    "a reader": lambda _: OWNER,
    "a path": lambda _: "..%2f..%2fboard",
    "a NUL": lambda _: "%00" * 40,
    "a quote": lambda _: "'" * 40,
    "by chance": lambda _: secrets.token_hex(20),
    "too short": lambda token: token[:-1],
    "too long": lambda token: f"{token}0",
    "in capitals": lambda token: f"A{token[1:].upper()}",
    "one digit else": lambda token: token[:-1] + ("0" if token[-1] != "0" else "1"),
    "what is stored": lambda token: hashlib.sha256(token.encode()).hexdigest(),
    "as much of what is stored": lambda token: hashlib.sha256(token.encode()).hexdigest()[:40],
}


@pytest.mark.parametrize("wrong", WRONG)
def test_nothing_but_a_link_opens_a_page(mailed: Mailed, browser: "TestClient", wrong: str) -> None:
    assert refused(browser, WRONG[wrong](token(mailed)))


def test_without_a_link_there_is_nothing(mailed: Mailed, browser: "TestClient") -> None:
    nobody = seen(browser.get(f"/pages/{secrets.token_hex(20)}/"))
    assert seen(browser.get("/pages/")) == nobody


def expire(mailed: Mailed) -> None:
    mailed.case.warehouse.execute("update access.page_link set expires_at = clock_timestamp()")
    mailed.case.warehouse.commit()


def revoke(mailed: Mailed) -> None:
    done = page_link.revoke(mailed.case.warehouse, "yarko", None, NOW, "an operator")
    assert done == {OWNER: 1, PARTNER: 1}


def leave(mailed: Mailed) -> None:
    mailed.case.client(report=BOTH | {"to": [PARTNER]})
    mailed.case.warehouse.commit()


def leave_the_file_alone(mailed: Mailed) -> None:
    """No run has read the file since."""
    file = mailed.case.folder / "yarko.yml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text("utf-8")) | {"report": {"to": [PARTNER]}}), "utf-8")


def break_the_file(mailed: Mailed) -> None:
    (mailed.case.folder / "yarko.yml").write_text("name: [", "utf-8")


def remove_the_file(mailed: Mailed) -> None:
    (mailed.case.folder / "yarko.yml").unlink()


def forget_the_client(mailed: Mailed) -> None:
    remove_the_file(mailed)
    warehouse = mailed.case.warehouse
    forget.forget(warehouse, forget.trace(warehouse, "yarko", None))
    for table in ("page_link", "page_opening"):
        assert mailed.rows(f"select count(*) from access.{table}") == [(0,)]


def come_again_under_the_same_name(mailed: Mailed) -> None:
    forget_the_client(mailed)
    mailed.case.missed(report=BOTH)


def switch_off(mailed: Mailed) -> None:
    (mailed.case.folder / "_agency.yml").write_text(PLAIN, "utf-8")


def break_the_agency(mailed: Mailed) -> None:
    (mailed.case.folder / "_agency.yml").write_text(f"{AGENCY}colour: blue\n", "utf-8")


def remove_the_agency(mailed: Mailed) -> None:
    (mailed.case.folder / "_agency.yml").unlink()


ENDS = (
    expire,
    revoke,
    leave,
    leave_the_file_alone,
    break_the_file,
    remove_the_file,
    forget_the_client,
    come_again_under_the_same_name,
    switch_off,
    break_the_agency,
    remove_the_agency,
)


@pytest.mark.parametrize("end", ENDS)
def test_a_link_that_has_ended_has_the_answer_of_any_other(
    mailed: Mailed,
    browser: "TestClient",
    end: Callable[[Mailed], None],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMM_ARCHIVE", str(tmp_path_factory.mktemp("archive")))
    link = token(mailed)
    assert browser.get(f"/pages/{link}/").status_code == 200
    end(mailed)
    assert refused(browser, link)


def test_who_stays_keeps_his_link(mailed: Mailed, browser: "TestClient") -> None:
    leave(mailed)
    assert page_link.revoke(mailed.case.warehouse, "yarko", OWNER, NOW, "an operator") == {OWNER: 1}
    assert browser.get(mailed.links(PARTNER)[0]).status_code == 200
    assert refused(browser, token(mailed))


def test_after_a_revocation_the_next_letter_has_a_link_that_works(mailed: Mailed, browser: "TestClient") -> None:
    revoke(mailed)
    mailed.correct()
    newest, revoked = mailed.links(OWNER)
    assert browser.get(newest).status_code == 200
    assert refused(browser, revoked.split("/")[2])


# --- what a link does not open


def test_who_reads_for_two_clients_has_a_page_for_each(mailed: Mailed, browser: "TestClient") -> None:
    mailed.case.missed("nordlys", name="Nordlys", report=BOTH)
    mailed.case.warehouse.execute("update marts.letter set letter_id = '2025-10-missed-7' where client = 'nordlys'")
    mailed.case.warehouse.execute("update marts.delivery set letter_id = '2025-10-missed-7' where client = 'nordlys'")
    mailed.case.warehouse.commit()
    mailed.deliver()
    nordlys, yarko = mailed.links(OWNER)
    for link, own, other in ((yarko, "Ярко", "Nordlys"), (nordlys, "Nordlys", "Ярко")):
        page = browser.get(link)
        assert (page.status_code, own in page.text, other in page.text) == (200, True, False)
        assert page.text.count("<li>") == 1, "nor is it said that there is another letter"
    assert browser.get(f"{yarko}2025-10-missed-7").status_code == 404
    assert browser.get(f"{nordlys}{LETTER}").status_code == 404
    assert "Ярко" in browser.get(f"{yarko}{LETTER}").text


def test_a_letter_whose_content_is_another_client_s_is_not_shown(mailed: Mailed, browser: "TestClient") -> None:
    mailed.case.missed("nordlys", name="Nordlys", report=BOTH)
    mailed.case.warehouse.execute(
        "update marts.letter set content = (select content from marts.letter where client = 'nordlys')"
        " where client = 'yarko'"
    )
    mailed.case.warehouse.commit()
    page = browser.get(mailed.links(OWNER)[0])
    assert (page.status_code, "Nordlys" in page.text) == (200, False)
    assert browser.get(f"{mailed.links(OWNER)[0]}{LETTER}").status_code == 404


@pytest.mark.parametrize(
    ("change", "letters"),
    [
        ("update marts.delivery set state = 'sent'", 1),
        ("update marts.delivery set state = 'refused'", 0),
        ("update marts.delivery set state = 'due'", 0),
        ("update marts.delivery set is_draft = true", 0),
        ("update marts.delivery set recipient = 'partner@yarko.example.com'", 0),
        ("update marts.letter set audience = 'manager'", 0),
    ],
)
def test_only_what_the_reader_was_sent_is_there(
    mailed: Mailed, browser: "TestClient", change: str, letters: int
) -> None:
    link = mailed.links(OWNER)[0]
    only = f"{change} where client = 'yarko'" + (f" and recipient = '{OWNER}'" if "delivery" in change else "")
    mailed.case.warehouse.execute(only.encode())
    mailed.case.warehouse.commit()
    page = browser.get(link)
    assert (page.status_code, page.text.count(f'href="{LETTER}"')) == (200, letters)
    assert browser.get(f"{link}{LETTER}").status_code == (200 if letters else 404)


@pytest.mark.parametrize(
    "letter", ["'; drop table marts.letter; --", "x%0D; drop table access.page_opening; --", "%00"]
)
def test_a_letter_s_name_is_no_sql(mailed: Mailed, browser: "TestClient", letter: str) -> None:
    assert browser.get(f"{mailed.links(OWNER)[0]}{letter}").status_code == 404
    assert mailed.rows("select count(*) from marts.letter") == [(1,)]
    assert mailed.rows("select count(*) from access.page_opening") == [(0,)]


# --- what nobody can do by a link


def contents(mailed: Mailed) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the warehouse, but for what is noted of openings."""
    names = mailed.rows(
        "select schemaname || '.' || tablename from pg_tables"
        " where schemaname not in ('pg_catalog', 'information_schema') and tablename != 'page_opening' order by 1"
    )
    return {str(name): mailed.rows(f"select t::text from {name} as t order by 1") for (name,) in names}


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_written(mailed: Mailed, browser: "TestClient", method: str) -> None:
    before, link = contents(mailed), token(mailed)
    answers = {
        seen(browser.request(method, path, content=b"comment=x"))[:2]
        for each in (link, secrets.token_hex(20), "x")
        for path in paths(each)
    }
    assert answers == {(405, b"")}
    assert contents(mailed) == before
    assert mailed.rows("select count(*) from access.page_opening") == [(0,)]


def test_reading_writes_nothing_but_the_opening(mailed: Mailed, browser: "TestClient") -> None:
    before = contents(mailed)
    for path in paths(token(mailed)):
        browser.get(path)
        browser.head(path)
    assert contents(mailed) == before
    assert mailed.rows("select count(*) from access.page_opening") == [(3,)]


def test_a_page_that_would_write_fails(mailed: Mailed, browser: "TestClient", monkeypatch: pytest.MonkeyPatch) -> None:
    from smm.pages import shown

    monkeypatch.setattr(
        shown, "letters", lambda warehouse, *_: warehouse.execute("delete from marts.letter returning *").fetchall()
    )
    assert browser.get(mailed.links(OWNER)[0]).status_code == 503
    assert mailed.rows("select count(*) from marts.letter") == [(1,)]


def test_no_page_leads_into_the_board_or_airflow(mailed: Mailed, browser: "TestClient") -> None:
    link = mailed.links(OWNER)[0]
    for path in (link, f"{link}{LETTER}"):
        page = browser.get(path).text
        assert "board" not in page
        assert "airflow" not in page
        assert "http:" not in page.replace("http://www.w3.org", "").replace("http://schemas", "")
    assert browser.get("/board/").status_code == 401


def test_every_answer_guards_the_browser(mailed: Mailed, browser: "TestClient") -> None:
    asked = [("GET", path) for each in (token(mailed), secrets.token_hex(20)) for path in paths(each)]
    for method, path in [*asked, ("POST", "/pages/x"), ("GET", "/pages/")]:
        answer = browser.request(method, path)
        assert HEADERS.items() <= dict(answer.headers).items()
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        style = policy.pop("style-src")
        assert policy == {
            "default-src": "'none'",
            "img-src": "data:",
            "form-action": "'none'",
            "frame-ancestors": "'none'",
            "base-uri": "'none'",
        }
        assert style == "'unsafe-inline'" if path.endswith(LETTER) and answer.status_code == 200 else style != "*"
        assert "set-cookie" not in answer.headers
        assert "location" not in answer.headers


# --- who gets a link


def test_a_draft_has_no_link(empty: Mailed) -> None:
    letter = empty.case.missed(report=BOTH)
    assert letter
    assert give(empty.case.warehouse, "yarko", letter, 24, DAY_4)
    empty.case.warehouse.commit()
    empty.deliver()
    assert [to for _, to, _ in empty.server.kept] == [MANAGER]
    assert empty.links() == []
    assert empty.rows("select count(*) from access.page_link") == [(0,)]


def test_a_letter_to_the_manager_has_no_link(empty: Mailed) -> None:
    report = {"to": [OWNER], "manager": MANAGER, "letters": ["missed"]}
    empty.case.missed(report=report)
    warehouse = empty.case.warehouse
    warehouse.execute("update marts.letter set audience = 'manager'")
    warehouse.execute("update marts.delivery set recipient = %s", [MANAGER])
    warehouse.commit()
    empty.deliver()
    assert ([to for _, to, _ in empty.server.kept], empty.links()) == ([MANAGER], [])
    assert empty.rows("select count(*) from access.page_link") == [(0,)]


def test_off_unless_the_agency_switches_it_on(empty: Mailed) -> None:
    switch_off(empty)
    empty.case.missed(report=BOTH)
    empty.deliver()
    assert (len(empty.server.kept), empty.links()) == (2, [])
    assert empty.rows("select count(*) from access.page_link") == [(0,)]
