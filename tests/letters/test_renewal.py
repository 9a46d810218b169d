"""A letter that waited for a person: whether it still holds when she speaks, and the one in its place if not."""

from asyncio import to_thread
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from smm.letters import approval, outbox
from smm.letters.delivery import Delivered, deliver
from smm.warehouse import connect
from tests.database import another
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER
from tests.letters.mail_server import MailServer
from tests.letters.test_ahead import DAY_20, ENOUGH, SHORT, running, written
from tests.letters.test_approval import HOUR, LETTER, MANAGER, NEXT_DAY, OWNER, run


def changed(case: Case) -> None:
    """Reach turns out to have been met: another letter than the one that waits."""
    case.kpi("vk.reach", 14300)
    case.judge()


def test_her_words_go_over_to_the_draft_in_its_place_which_says_so(drafted: Case, mail_server: MailServer) -> None:
    approval.comment(drafted.warehouse, "yarko", LETTER, "The fair was cancelled", "Two posts more")
    changed(drafted)
    anew = outbox.write(drafted.warehouse, "yarko", OCTOBER, DAY_4 + HOUR, "agency.example", "missed")
    assert anew == "2025-10-missed-2"
    approval.give(drafted.warehouse, "yarko", anew, 24, DAY_4 + HOUR)
    assert drafted.rows("select letter_id, state, comment, next_steps, replaces from marts.letter order by 1") == [
        (LETTER, "taken_back", {"ru": "The fair was cancelled"}, {"ru": "Two posts more"}, None),
        (anew, "draft", {"ru": "The fair was cancelled"}, {"ru": "Two posts more"}, LETTER),
    ]
    run(drafted, mail_server, DAY_4 + HOUR)
    run(drafted, mail_server, NEXT_DAY + HOUR)
    draft, letter = (mail.get_body(["plain"]).get_content() for _, _, mail in mail_server.kept)
    assert ["Он заменяет 2025-10-missed-1" in text for text in (draft, letter)] == [True, False]
    assert ["The fair was cancelled" in text for text in (draft, letter)] == [True, True]


def drop(server: SMTP) -> str:
    server.transport.abort()
    return "451 nobody hears this"


def refuse(*readers: str) -> dict[str, list[Any]]:
    return {reader: ["451 4.7.1 Greylisted"] for reader in readers}


CERTAIN: dict[str, dict[str, Any]] = {  # nobody can have got it
    "put off at RCPT": {"at_rcpt": refuse(OWNER)},
    "put off at the end": {"at_data": {OWNER: [lambda _: "452 4.3.1 disk full"]}},
    "put off as a sender": {"at_mail": {"reports@agency.example": ["451 4.3.2 later"]}},
    "closed": {"at_rcpt": {OWNER: ["421 4.3.2 closing"]}},
    "lost before its end": {"at_rcpt": {OWNER: [drop]}},
    "refused to us": {"at_rcpt": {OWNER: ["550 5.4.5 Daily user sending limit exceeded"]}},
}
IN_DOUBT: dict[str, dict[str, Any]] = {"lost after its end": {"at_data": {OWNER: [drop]}}}


@pytest.mark.parametrize(("said", "is_replaced"), [*((s, True) for s in CERTAIN), *((s, False) for s in IN_DOUBT)])
@pytest.mark.parametrize("day", [1, 8])  # the 12th: no letter is due for the first time
def test_a_letter_that_was_put_off_is_replaced_unless_it_may_have_arrived(
    case: Case, mail_server: MailServer, said: str, is_replaced: bool, day: int
) -> None:
    case.missed()
    vars(mail_server).update(deepcopy((CERTAIN | IN_DOUBT)[said]))
    put_off = DAY_4 + timedelta(days=day - 1)
    case.warehouse.execute("update marts.letter set created_at = %s", [put_off])
    assert len(run(case, mail_server, put_off).waiting) == 1
    changed(case)
    at = DAY_4 + timedelta(days=day)
    anew = [
        outbox.write(case.warehouse, c, m, at, "agency.example", k) for c, k, m in outbox.due(case.warehouse, None, at)
    ]
    letter = "2025-10-missed-2" if is_replaced else LETTER
    assert anew in ([letter], [None], [])
    assert run(case, mail_server, at).sent == [f"yarko: {letter} to {OWNER}"]


def test_a_doubt_stays_one_though_the_next_try_is_put_off(case: Case, mail_server: MailServer) -> None:
    case.missed()
    mail_server.at_data = {OWNER: [drop]}
    run(case, mail_server)
    mail_server.at_rcpt = refuse(OWNER)
    run(case, mail_server, DAY_4 + HOUR)
    assert case.rows("select state, in_doubt from marts.delivery") == [("due", True)]
    changed(case)
    assert outbox.write(case.warehouse, "yarko", OCTOBER, DAY_4 + HOUR, "agency.example", "missed") is None


def test_a_letter_that_one_of_two_readers_has_is_not_replaced(case: Case, mail_server: MailServer) -> None:
    case.missed(report={"to": [OWNER, "partner@yarko.example"], "letters": ["missed"]})
    mail_server.at_rcpt = refuse(OWNER)
    run(case, mail_server)
    assert case.rows("select state from marts.letter") == [("sending",)]
    changed(case)
    assert outbox.write(case.warehouse, "yarko", OCTOBER, DAY_4 + HOUR, "agency.example", "missed") is None


def test_readers_that_two_runs_put_off_at_once_leave_the_letter_free(case: Case, mail_server: MailServer) -> None:
    """The second run has one reader in hand while the first has the other."""
    case.missed(report={"to": [OWNER, "partner@yarko.example"], "letters": ["missed"]})

    async def second(_: SMTP) -> str:
        await to_thread(run_beside)
        return "451 4.7.1 later"

    def run_beside() -> None:
        with connect(another(case.warehouse)) as other:
            deliver(other, mail_server.post, None, DAY_4)

    mail_server.at_data = {OWNER: [second], "partner@yarko.example": [lambda _: "451 4.7.1 later"]}
    run(case, mail_server)
    assert case.rows("select distinct state, attempts from marts.delivery") == [("due", 1)]
    assert case.rows("select state from marts.letter") == [("due",)]


def test_a_warning_that_was_put_off_is_taken_back(case: Case, mail_server: MailServer) -> None:
    case.client(report={"to": [OWNER], "manager": MANAGER, "letters": ["certain_miss"]})
    running(case, "certain_miss", SHORT)
    assert written(case) == ["2025-10-certain_miss-1"]
    case.warehouse.commit()
    mail_server.at_rcpt = refuse(OWNER)
    assert len(run(case, mail_server, DAY_20).waiting) == 1
    running(case, "on_track", ENOUGH)
    outbox.take_back_warnings(case.warehouse, None)
    assert run(case, mail_server, DAY_20 + HOUR) == Delivered()
    assert case.rows("select state from marts.letter") == [("taken_back",)]


def test_her_words_on_a_letter_that_went_out_are_not_said_again(drafted: Case, mail_server: MailServer) -> None:
    approval.comment(drafted.warehouse, "yarko", LETTER, "The fair was cancelled")
    run(drafted, mail_server, NEXT_DAY)
    changed(drafted)
    at = DAY_4 + timedelta(days=10)
    assert outbox.write(drafted.warehouse, "yarko", OCTOBER, at, "agency.example", "correction")
    assert drafted.rows("select comment, replaces from marts.letter where kind = 'correction'") == [({}, None)]


@pytest.mark.parametrize("wait", [approval.hold, None])
def test_a_letter_whose_verdicts_have_changed_is_written_anew_when_released(
    drafted: Case, mail_server: MailServer, wait: Any
) -> None:
    approval.comment(drafted.warehouse, "yarko", LETTER, "The fair was cancelled")
    if wait:
        wait(drafted.warehouse, "yarko", LETTER, DAY_4, MANAGER)
    changed(drafted)
    late = DAY_4 + timedelta(days=25)  # no letter of the month is due any more
    with pytest.raises(approval.Outdated, match="2025-10-missed-2 replaces it, with the same words") as refused:
        approval.release(drafted.warehouse, "yarko", LETTER, late, MANAGER)
    assert refused.value.anew == "2025-10-missed-2"
    assert drafted.rows("select letter_id, state, reason, comment, decided_by from marts.letter order by 1") == [
        (
            LETTER,
            "taken_back",
            "the verdicts have changed",
            {"ru": "The fair was cancelled"},
            MANAGER if wait else None,
        ),
        ("2025-10-missed-2", "held", "held by the manager", {"ru": "The fair was cancelled"}, MANAGER),
    ]
    assert run(drafted, mail_server, late) == Delivered()
    approval.release(drafted.warehouse, "yarko", "2025-10-missed-2", late, MANAGER)
    assert run(drafted, mail_server, late).sent == [f"yarko: 2025-10-missed-2 to {OWNER}"]


def test_a_held_letter_of_which_nothing_is_true_any_more_is_taken_back(drafted: Case) -> None:
    approval.hold(drafted.warehouse, "yarko", LETTER, DAY_4, MANAGER)
    drafted.facts(14300)
    drafted.judge()
    with pytest.raises(approval.Outdated, match="there is nothing left to report"):
        approval.release(drafted.warehouse, "yarko", LETTER, DAY_4, MANAGER)
    assert drafted.rows("select letter_id, state from marts.letter") == [(LETTER, "taken_back")]


def test_what_one_reader_was_sent_the_others_get_too(case: Case, mail_server: MailServer) -> None:
    case.missed(report={"to": [OWNER, "partner@yarko.example"], "letters": ["missed"]})
    mail_server.at_rcpt[OWNER] = ["450 later"]
    run(case, mail_server)
    case.warehouse.execute("update marts.letter set state = 'held'")
    changed(case)
    approval.release(case.warehouse, "yarko", LETTER, DAY_4, MANAGER)
    assert run(case, mail_server, DAY_4 + HOUR).sent == [f"yarko: {LETTER} to {OWNER}"]


def test_a_held_letter_about_a_week_is_no_news_in_the_next(case: Case) -> None:
    case.client(report={"to": [OWNER], "letters": ["weekly"]})
    running(case, "at_risk", SHORT)
    (letter,) = written(case)
    approval.hold(case.warehouse, "yarko", letter, DAY_20, MANAGER)
    approval.release(case.warehouse, "yarko", letter, DAY_20 + timedelta(days=3), MANAGER)
    approval.hold(case.warehouse, "yarko", letter, DAY_20, MANAGER)
    with pytest.raises(approval.Outdated, match="there is nothing left to report"):
        approval.release(case.warehouse, "yarko", letter, DAY_20 + timedelta(days=7), MANAGER)


@pytest.mark.parametrize("waits_as", ["draft", "due", "held"])
def test_a_warning_that_is_true_no_more_is_taken_back(case: Case, waits_as: str) -> None:
    case.client(report={"to": [OWNER], "manager": MANAGER, "letters": ["at_risk"]})
    running(case, "at_risk", SHORT)
    assert written(case) == ["2025-10-at_risk-1"]
    case.warehouse.execute("update marts.letter set state = %s", [waits_as])
    outbox.take_back_warnings(case.warehouse, None)
    assert case.rows("select state from marts.letter") == [(waits_as,)]
    running(case, "on_track", ENOUGH)
    outbox.take_back_warnings(case.warehouse, ["nordlys"])
    assert case.rows("select state from marts.letter") == [(waits_as,)]
    outbox.take_back_warnings(case.warehouse, ["yarko"])
    assert case.rows("select state, reason from marts.letter") == [("taken_back", "the verdicts have changed")]
    running(case, "at_risk", SHORT)
    assert written(case) == ["2025-10-at_risk-2"]


def test_a_held_warning_that_is_true_no_more_is_not_released(case: Case) -> None:
    case.client(report={"to": [OWNER], "manager": MANAGER, "letters": ["at_risk"]})
    running(case, "at_risk", SHORT)
    (letter,) = written(case)
    approval.hold(case.warehouse, "yarko", letter, DAY_20, MANAGER)
    approval.release(case.warehouse, "yarko", letter, DAY_20, MANAGER)
    approval.hold(case.warehouse, "yarko", letter, DAY_20, MANAGER)
    running(case, "on_track", ENOUGH)
    with pytest.raises(approval.Outdated):
        approval.release(case.warehouse, "yarko", letter, DAY_20, MANAGER)
    assert case.rows("select state from marts.letter") == [("taken_back",)]
