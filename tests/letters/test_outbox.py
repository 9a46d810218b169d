"""The outbox: whose letters are due when, and that each is written once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from smm.letters import outbox
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER

DOMAIN = "agency.example"


def test_a_letter_is_due_at_the_clients_hour_for_seven_days(case: Case) -> None:
    case.client()
    case.client("juneau", time_zone="America/Juneau", report={"to": ["a@b.example"], "hour": 8})
    november, yarko, juneau = date(2025, 11, 1), ("yarko", "missed", OCTOBER), ("juneau", "monthly", OCTOBER)
    expected = {
        "2025-11-04 05:59": [],
        "2025-11-04 06:00": [yarko],  # 9 o'clock in Moscow
        "2025-11-04 16:59": [yarko],
        "2025-11-04 17:00": [juneau, yarko],  # 8 o'clock in Juneau
        "2025-11-11 05:59": [juneau, yarko],
        "2025-11-11 06:00": [juneau],
        "2025-11-11 17:00": [],
        "2025-11-14 05:59": [],
        "2025-11-14 06:00": [yarko],
        "2025-11-21 05:59": [juneau, yarko],
        "2025-11-21 17:00": [],
        "2025-12-04 06:00": [("yarko", "missed", november)],
    }
    for at, due in expected.items():
        assert outbox.due(case.warehouse, None, datetime.fromisoformat(at).replace(tzinfo=UTC)) == due, at


def test_only_the_clients_asked_for_are_due(case: Case) -> None:
    case.client()
    assert outbox.due(case.warehouse, ["yarko"], DAY_4) == [("yarko", "missed", OCTOBER)]
    assert outbox.due(case.warehouse, [], DAY_4) == []


def test_a_letter_lies_in_the_outbox_with_its_readers(case: Case) -> None:
    report = {"to": ["owner@yarko.example", {"partner@yarko.example": "en"}], "letters": ["missed"]}
    assert case.missed(report=report) == "2025-10-missed-1"
    letters = "select client, letter_id, month, kind, revision, state, subject, created_at from marts.letter"
    subject = "Ярко: октябрь — 2 из 3 целей не выполнены"
    assert case.rows(letters) == [("yarko", "2025-10-missed-1", OCTOBER, "missed", 1, "due", subject, DAY_4)]
    ((identity,),) = case.rows("select message_id from marts.letter")
    assert identity.startswith("<smm-")
    assert identity.endswith("@agency.example>")
    assert case.rows("select recipient, language, state, attempts from marts.delivery order by 1") == [
        ("owner@yarko.example", "ru", "due", 0),
        ("partner@yarko.example", "en", "due", 0),
    ]


def test_a_letter_holds_what_was_known(case: Case) -> None:
    case.client()
    case.kpi("vk.reach", 14820, date(2025, 9, 1))
    case.kpi("vk.reach", 9120, date(2024, 10, 1), completeness=0.5)
    case.warehouse.execute(
        """insert into marts.measure_periods
        (client, network, measure, grain, period, value, reason, completeness) values
        ('yarko', 'vk_ads', 'spend', 'month', '2025-10-01', 30000, null, 1),
        ('yarko', 'ok_ads', 'spend', 'month', '2025-10-01', 15000, null, 1),
        ('yarko', 'all', 'fee', 'month', '2025-10-01', null, 'source_missing', 0),
        ('yarko', 'vk_ads', 'spend', 'month', '2025-09-01', 1, null, 1),
        ('nordlys', 'vk_ads', 'spend', 'month', '2025-10-01', 1, null, 1)"""
    )
    case.warehouse.execute(
        """insert into core.coverage (client, network, source, report, day, load_id, state) values
        ('yarko', 'vk', 'vk', 'stats', '2025-10-02', 'x', 'known'),
        ('yarko', 'vk', 'vk', 'posts', '2025-09-30', 'x', 'known'),
        ('yarko', 'vk_spb', 'vk', 'posts', '2025-10-02', 'x', 'known')"""
    )
    case.warehouse.execute(
        """insert into core.load (client, load_id, run_id, source, network, state)
        values ('yarko', 'x', 'x', 'figures', 'figures', 'published')"""
    )
    case.missed()
    ((content,),) = case.rows("select content from marts.letter")
    assert [(t["kpi"], t["verdict"], t["sources"]) for t in content["targets"]] == [
        ("reach", "missed", ["vk"]),
        ("er_post", "missed", []),  # its posts were read of September and of another community only
        ("leads", "met", ["figures"]),
    ]
    reach = content["targets"][0]
    numbers = (reach["value"], reach["target"], reach["before"]["value"], reach["year_ago"]["value"])
    assert numbers == ("11873", "14250", "14820", "9120")
    assert (reach["marks"], reach["before"]["marks"]) == (None, None)
    assert reach["year_ago"]["marks"] | {"known_days": 16, "days": 31} == reach["year_ago"]["marks"]
    assert [(cost["measure"], cost["network"], cost["value"]) for cost in content["costs"]] == [
        *(("spend", "vk_ads", "30000"), ("spend", "ok_ads", "15000"), ("fee", "all", None))
    ]
    assert [event["text"] for event in content["events"]] == ["Специалист в отпуске"]


def test_without_a_missed_target_or_a_wish_for_it_there_is_no_letter(case: Case) -> None:
    keys: dict[str, dict[str, Any]] = {
        "met": {"targets": {"leads": {"at_least": 40}}},
        "not_measured": {"targets": {"vk.visitors": {"at_least": 40}}},
        "no_targets": {"targets": {}},
        "not_asked_for": {"report": {"to": ["owner@yarko.example"], "letters": ["monthly"]}},
        "not_started": {"started": date(2025, 11, 1)},
        "ended": {"ended": date(2025, 9, 30)},
    }
    assert {name: case.missed(name, **keys[name]) for name in keys} == dict.fromkeys(keys)
    assert case.rows("select from marts.letter") == []


def test_the_same_letter_is_written_once(case: Case) -> None:
    case.missed()
    case.judge()
    assert outbox.write(case.warehouse, "yarko", OCTOBER, DAY_4 + timedelta(hours=1), DOMAIN, "missed") is None
    case.kpi("vk.reach", 11900)  # restated, and missed as before
    case.judge()
    assert outbox.write(case.warehouse, "yarko", OCTOBER, DAY_4 + timedelta(hours=1), DOMAIN, "missed") is None
    assert case.rows("select revision, state from marts.letter") == [(1, "due")]


def test_a_letter_that_nobody_was_sent_is_replaced_when_a_verdict_changes(case: Case) -> None:
    case.missed()
    case.kpi("vk.reach", 14300)
    case.judge()
    assert outbox.write(case.warehouse, "yarko", OCTOBER, DAY_4, DOMAIN, "missed") == "2025-10-missed-2"
    assert case.rows("select revision, state, reason from marts.letter order by 1") == [
        (1, "taken_back", "the verdicts have changed"),
        (2, "due", None),
    ]
    case.kpi("vk.er_post", 0.02)
    case.judge()
    assert outbox.write(case.warehouse, "yarko", OCTOBER, DAY_4, DOMAIN, "missed") is None
    assert case.rows("select revision, state from marts.letter order by 1") == [(1, "taken_back"), (2, "taken_back")]


def test_after_a_letter_has_left_or_ended_there_is_no_second_of_its_kind(case: Case) -> None:
    case.missed()
    case.kpi("vk.reach", 14300)
    case.judge()
    for state in ("sending", "sent", "held", "expired"):
        case.warehouse.execute("update marts.letter set state = %s", [state])
        assert outbox.write(case.warehouse, "yarko", OCTOBER, DAY_4, DOMAIN, "missed") is None
        assert case.rows("select revision, state from marts.letter") == [(1, state)]


def test_every_letter_has_its_own_message_id(case: Case) -> None:
    case.missed()
    case.missed("nordlys")
    case.kpi("vk.reach", 1, date(2025, 9, 1))
    case.judge(month=date(2025, 9, 1))
    assert outbox.write(case.warehouse, "yarko", date(2025, 9, 1), DAY_4, DOMAIN, "missed") == "2025-09-missed-1"
    assert case.rows("select count(distinct message_id) from marts.letter") == [(3,)]


BOTH = {"to": ["owner@yarko.example"], "letters": ["missed", "monthly"]}
MONTHLY = {"to": ["owner@yarko.example"], "letters": ["monthly"]}
DAY_14 = DAY_4 + timedelta(days=10)


def write_due(case: Case, at: datetime) -> list[str | None]:
    """Judge and write as an hour's run does."""
    case.judge(at=at)
    due = outbox.due(case.warehouse, ["yarko"], at)
    return [outbox.write(case.warehouse, client, month, at, DOMAIN, kind) for client, kind, month in due]


def test_a_month_has_one_letter_whose_kind_its_verdicts_and_the_file_decide(case: Case) -> None:
    case.client(report=BOTH)
    case.facts(reach=11873)
    assert write_due(case, DAY_4) == ["2025-10-missed-1"]
    case.warehouse.execute("truncate marts.letter, marts.delivery")
    case.client(report=MONTHLY)
    assert write_due(case, DAY_4) == ["2025-10-monthly-1"]
    case.warehouse.execute("truncate marts.letter, marts.delivery")
    case.client(report=BOTH)
    case.facts(reach=15000)
    assert write_due(case, DAY_4) == ["2025-10-monthly-1"]
    assert case.rows("select subject from marts.letter") == [("Ярко: октябрь — выполнены все 3 цели",)]
    case.warehouse.execute("update marts.letter set state = 'sent'")
    case.facts(reach=11873)
    assert write_due(case, DAY_4 + timedelta(days=1)) == [None]
    assert outbox.due(case.warehouse, None, DAY_14) == []  # it is not judged for good
    case.judge(at=DAY_14)
    assert outbox.due(case.warehouse, None, DAY_14) == [("yarko", "correction", OCTOBER)]


def test_a_letter_that_waits_is_replaced_by_the_other_kind(case: Case) -> None:
    case.client(report=BOTH)
    for reach, letter in ((11873, "2025-10-missed-1"), (15000, "2025-10-monthly-1"), (11873, "2025-10-missed-2")):
        case.facts(reach=reach)
        assert write_due(case, DAY_4) == [letter]
    states = "select letter_id, state from marts.letter where state = 'due'"
    assert case.rows(states) == [("2025-10-missed-2", "due")]


def test_what_is_missed_only_once_the_month_is_final_is_told_then(case: Case) -> None:
    case.client()
    case.facts(reach=15000)
    assert write_due(case, DAY_4) == [None]
    case.facts(reach=11873)
    assert write_due(case, DAY_4 + timedelta(days=8)) == []
    assert write_due(case, DAY_14) == ["2025-10-missed-1"]
    assert case.rows("select content -> 'is_final' from marts.letter") == [(True,)]


def test_a_named_month_is_due_whatever_the_date(case: Case) -> None:
    case.client(report=BOTH)
    later = DAY_4 + timedelta(days=200)
    assert outbox.due(case.warehouse, ["yarko"], later, OCTOBER) == [("yarko", "monthly", OCTOBER)]


def test_a_letter_that_was_taken_back_is_written_again_when_it_holds_again(case: Case) -> None:
    case.missed()
    for hours, reach, state in ((1, 20000, "taken_back"), (2, 11000, "due")):
        case.kpi("vk.er_post", 0.02)
        case.kpi("vk.reach", reach)
        case.judge(at=DAY_4 + timedelta(hours=hours))
        outbox.write(case.warehouse, "yarko", OCTOBER, DAY_4 + timedelta(hours=hours), DOMAIN, "missed")
        assert case.rows("select state from marts.letter order by revision desc limit 1") == [(state,)]
    assert case.rows("select revision, state from marts.letter order by 1") == [(1, "taken_back"), (2, "due")]


@pytest.mark.parametrize(
    ("state", "is_due"),
    [
        ("taken_back", True),
        ("draft", True),  # to be replaced if it says something else
        ("expired", False),
        ("held", False),
    ],
)
def test_on_the_14th_a_letter_is_due_that_nobody_was_sent_for_good(case: Case, state: str, is_due: bool) -> None:
    case.missed()
    case.warehouse.execute("update marts.letter set state = %s", [state])
    due = outbox.due(case.warehouse, None, DAY_4 + timedelta(days=10))
    assert (("yarko", "missed", OCTOBER) in due) is is_due
