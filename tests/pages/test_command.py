"""The operator's command: who has a link, how often each reader opened his page, and the end of the links."""

from typing import TYPE_CHECKING

from tests.letters.handing_over import OWNER, PARTNER
from tests.pages.conftest import Mailed
from tests.test_main import smm

if TYPE_CHECKING:
    from starlette.testclient import TestClient

UNTIL = "2027-02-15 21:00 UTC"  # midnight in Moscow


def test_who_has_a_link_and_opened_his_page(mailed: Mailed, browser: "TestClient") -> None:
    browser.get(mailed.links(OWNER)[0])
    browser.get(mailed.links(OWNER)[0])
    mailed.case.warehouse.execute("update access.page_opening set opened_at = '2026-11-18 07:05+00'")
    mailed.case.warehouse.commit()
    done = smm(mailed.case.warehouse, "page", "list", "yarko")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"{OWNER}: links that work: 1, until {UNTIL}; openings: 2, the last at 2026-11-18 07:05 UTC\n"
        f"{PARTNER}: links that work: 1, until {UNTIL}; openings: none\n"
    )
    assert smm(mailed.case.warehouse, "page", "list", "nordlys").stdout == (
        "no reader of nordlys has had a link that works\n"
    )


def test_links_are_revoked(mailed: Mailed, browser: "TestClient") -> None:
    done = smm(mailed.case.warehouse, "page", "revoke", "yarko", OWNER)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == f"yarko: {OWNER}: links revoked: 1"
    assert [browser.head(mailed.links(each)[0]).status_code for each in (OWNER, PARTNER)] == [404, 200]
    again = smm(mailed.case.warehouse, "page", "revoke", "yarko", OWNER)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == (
        f"yarko: {OWNER} has no link that works\n{PARTNER}: links that work: 1, until {UNTIL}; openings: none\n"
    )
    assert smm(mailed.case.warehouse, "page", "revoke", "yarko").returncode == 0
    assert browser.get(mailed.links(PARTNER)[0]).status_code == 404
    assert mailed.rows("select count(revoked_by) from access.page_link") == [(2,)]
