"""A rehearsal of changed targets: what is judged and mailed is what would be, and no row of the warehouse changes."""

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from smm import catalogue, roster
from smm.__main__ import parser
from smm.files.checked import Mistakes
from smm.letters import outbox
from smm.rehearsal import months as rehearse
from smm.verdicts import judging as targets
from tests.conftest import ROOT
from tests.rehearsal.case import AT, NOW, THEN, TOLD, Case, put
from tests.test_main import smm

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


def test_changed_targets_are_judged_and_no_row_of_the_warehouse_changes(case: Case) -> None:
    case.write(NOW)
    before = case.rows()
    assert len(before["marts.verdict"]) == 9
    assert len(before["marts.letter"]) == 1

    assert case.told() == TOLD.splitlines()

    assert case.rows() == before


def test_what_is_told_is_what_happens_once_the_file_is_stored(case: Case) -> None:
    """The same file, judged month by month and mailed by the real things, in a warehouse that knew no other."""
    case.write(NOW)
    known = catalogue.read()
    client, wanted = rehearse.asked(known, "yarko")
    done = rehearse.rehearse(case.warehouse, known, client, wanted, AT)
    case.warehouse.execute("truncate marts.verdict, marts.letter, marts.delivery")
    roster.store(case.warehouse, known, [client])
    roster.store_targets(case.warehouse, "yarko", wanted)
    for month in done.months:
        at = datetime(2025, month.month.month + 1, 4, 6, tzinfo=UTC)
        assert outbox.due(case.warehouse, None, at) == [("yarko", "missed", month.month)]
        targets.judge(case.warehouse, ["yarko"], month.month, at)
        outbox.write(case.warehouse, "yarko", month.month, at, "agency.example", "missed")

    found = case.column("select (month::text, network, kpi, verdict)::text from marts.verdict order by 1")
    rehearsed = [(m.month, *cell, v.verdict) for m in done.months for cell, v in m.verdicts.items()]
    assert found == sorted(f"({','.join(map(str, row))})" for row in rehearsed)
    letters = case.column("select month from marts.letter order by 1")
    assert letters == [month.month for month in done.months if month.mailed]


def test_an_error_in_the_middle_leaves_no_row_changed(case: Case) -> None:
    case.write(NOW)
    case.warehouse.execute("alter table marts.verdict add constraint broken check (kpi <> 'er_post')")
    case.warehouse.commit()
    before = case.rows()

    with pytest.raises(psycopg.errors.CheckViolation):
        case.told()

    assert case.rows() == before


def test_the_same_file_says_what_the_warehouse_says(case: Case) -> None:
    told = case.told()
    assert told[3:7] == [
        "target        08 09 10 11     value  asked",
        "vk.followers     +  x  +      1,234  >= 1,200",
        "vk.reach      +  +  x  x      4,800  >= 5,000",
        "vk.posts      +  +  x  +         15  12 to 20",
    ]
    assert told[-4:] == [
        "would have sent 2 letters in 4 months: 2025-10 (vk.followers, vk.posts, vk.reach), 2025-11 (vk.reach)",
        "",
        "No verdict differs from the warehouse.",
        "never judged so far: 2025-08",
    ]


def test_a_number_that_was_restated_is_told_beside_its_verdict(case: Case) -> None:
    case.warehouse.execute("update marts.kpi_months set value = 5000 where kpi = 'reach' and period = '2025-11-01'")
    case.warehouse.execute(
        "update marts.kpi_months set value = null, reason = 'no_access' where kpi = 'posts' and period = '2025-11-01'"
    )
    case.warehouse.commit()
    assert case.told()[-4:-1] == [
        "* differs from the verdict in the warehouse: 2",
        "  vk.reach 2025-11: met, was missed (value 5,000, was 4,800)",
        "  vk.posts 2025-11: not measured, was met (value -, was 15; reason no_access, was none)",
    ]


def test_a_tolerance_and_the_plan_of_a_quarter_are_shown(case: Case) -> None:
    case.write("  vk.followers: {at_least: 1250, tolerance: 0.02}\n  vk.posts: {plan: {2025-Q4: 60}}\n")
    assert case.told()[2:8] == [
        "              2025          2025-11",
        "target        08 09 10 11     value  asked",
        "vk.followers  x  x* x  +      1,234  >= 1,250 ±2%",
        "vk.posts          * >* >*        40  >= 60 by 2025-12-31",
        "",
        "+ met, x missed, > on track, blank: no target",
    ]


def restated(case: Case, risen: int) -> None:
    """In November, on this day, October's reach rose from 4500 to 5000."""
    for month in (8, 9, 10):
        case.warehouse.execute(
            "insert into core.load (client, load_id, run_id, source, network, state, first_day, last_day, finished_at)"
            " values ('yarko', %s, 'run', 'vk', 'vk', 'published', %s, %s, %s)",
            [f"{month}", date(2025, month, 1), date(2025, month + 1, 1), datetime(2025, month + 1, 2, tzinfo=UTC)],
        )
    case.warehouse.execute(
        "insert into marts.measure_periods (client, network, measure, grain, period, value, completeness)"
        " values ('yarko', 'vk', 'reach', 'month', '2025-10-01', 5000, 1)"
    )
    case.warehouse.execute(
        "insert into marts.measure_history (client, network, measure, grain, period, value, replaced_at)"
        " values ('yarko', 'vk', 'reach', 'month', '2025-10-01', 4500, %s)",
        [datetime(2025, 11, risen, 9, tzinfo=UTC)],
    )
    case.warehouse.commit()


@pytest.mark.parametrize(("risen", "before", "after"), [(5, 5, 6), (12, 12, 14)])
def test_a_letter_that_is_due_only_when_restatement_is_over_is_counted(
    case: Case, risen: int, before: int, after: int
) -> None:
    """In November, October's reach rose from 4500 to 5000: up to that day of the month, 4800 is no miss to be told."""
    case.write("  vk.reach: {at_least: 5000}\n")
    restated(case, risen)

    on_that_day, later = (case.told(datetime(2025, 12, day, 12, tzinfo=UTC), 1) for day in (before, after))

    assert on_that_day[4] == "vk.reach  ?*     4,800  >= 5,000  within_restatement"
    assert "would have sent 0 letters in 1 month" in on_that_day
    assert later[4] == "vk.reach  x      4,800  >= 5,000"
    assert "would have sent 1 letter in 1 month: 2025-11 (vk.reach)" in later


@pytest.mark.parametrize(
    ("letters", "told"),
    [
        (
            "missed, monthly",
            [
                "would have sent 4 letters in 4 months: 2025-08 (nothing missed), 2025-09 (nothing missed), 2025-10"
                " (vk.posts,",
                "  vk.er_post), 2025-11 (vk.followers, vk_ads.cost_per_lead, vk.er_post)",
            ],
        ),
        (
            "monthly",
            [
                "would have sent 4 letters in 4 months: 2025-08 (nothing missed), 2025-09 (nothing missed), 2025-10"
                " (vk.posts,",
                "  vk.er_post), 2025-11 (vk.followers, vk_ads.cost_per_lead, vk.er_post)",
            ],
        ),
        (
            "weekly, at_risk",
            [
                "would have sent 0 letters in 4 months: report.letters in its file names neither `missed` nor"
                " `monthly`",
                "not rehearsed: weekly, at_risk; the numbers known on each day of a running month are not stored",
            ],
        ),
    ],
)
def test_the_letters_that_the_file_asks_for_are_counted(case: Case, letters: str, told: list[str]) -> None:
    case.write(NOW, letters=letters)
    said = case.told()
    begin = next(i for i, line in enumerate(said) if line.startswith("would have sent"))
    assert said[begin : begin + len(told) + 1] == [*told, ""]


@pytest.mark.parametrize("letters", ["missed", "missed, monthly"])
def test_as_many_letters_as_the_hourly_run_would_have_mailed(case: Case, letters: str) -> None:
    """By the real things, on the first and last days on which a letter is due, at the client's hour."""
    case.write(NOW, letters=letters)
    known = catalogue.read()
    client, wanted = rehearse.asked(known, "yarko")
    done = rehearse.rehearse(case.warehouse, known, client, wanted, datetime(2025, 12, 15, 12, tzinfo=UTC))
    case.warehouse.execute(
        "truncate marts.verdict, marts.letter, marts.delivery, core.target_version, core.target, core.plan"
    )
    roster.store(case.warehouse, known, [client])
    roster.store_targets(case.warehouse, "yarko", wanted)
    for day in (4, 10, 14, 20):
        for month in (9, 10, 11, 12):
            at = datetime(2025, month, day, 6, tzinfo=UTC)
            targets.judge(case.warehouse, ["yarko"], date(2025, month - 1, 1), at)
            for _, kind, each in outbox.due(case.warehouse, None, at):
                if each == date(2025, month - 1, 1):
                    outbox.write(case.warehouse, "yarko", each, at, "agency.example", kind)
            case.warehouse.execute("update marts.letter set state = 'sent'")
    counted = [(month.month, month.mailed.kind) for month in done.months if month.mailed]
    assert case.column("select (month, kind)::text from marts.letter order by month") == [
        f"({month},{kind})" for month, kind in counted
    ]
    assert len(counted) == (2 if letters == "missed" else 4)


def test_what_is_corrected_once_the_month_is_final_is_told(case: Case) -> None:
    """Posts are missed at once; reach lies within what restatement has moved it by until the 14th."""
    case.write("  vk.reach: {at_least: 5000}\n  vk.posts: {at_least: 20}\n")
    restated(case, 12)
    said = case.told(datetime(2025, 12, 14, 12, tzinfo=UTC), 1)
    begin = next(i for i, line in enumerate(said) if line.startswith("would have sent"))
    assert said[begin : begin + 2] == [
        "would have sent 1 letter in 1 month: 2025-11 (vk.posts)",
        "and a correction, once the month's verdict is final, for: 2025-11",
    ]


@pytest.mark.parametrize(
    ("at", "months", "heads"),
    [
        (AT, 2, "10 11"),
        (datetime(2025, 12, 4, 5, 59, tzinfo=UTC), 12, "08 09 10"),
        (datetime(2025, 12, 4, 6, 0, tzinfo=UTC), 12, "08 09 10 11"),  # 9 o'clock in Moscow
        (datetime(2026, 1, 4, 6, 0, tzinfo=UTC), 2, "11 12"),
    ],
)
def test_the_newest_months_that_are_over(case: Case, at: datetime, months: int, heads: str) -> None:
    head = case.told(at, months)[3]
    assert head.removeprefix("target").partition("value")[0].strip() == heads


def test_without_stored_months_it_says_so(case: Case) -> None:
    case.warehouse.execute("delete from marts.kpi_months where period >= '2025-08-01'")
    case.warehouse.commit()
    assert case.told()[2].startswith("No closed month of work is stored")


def test_twelve_months_are_read_at_120_columns(case: Case) -> None:
    case.file.write_text(case.write(NOW).read_text("utf-8").replace("started: 2025-08-01", "started: 2024-01-01"))
    for number in range(20):
        month = date(2024 + number // 12, number % 12 + 1, 1)
        if month < date(2025, 7, 1):
            put(case.warehouse, "vk", "followers", month, "1234567")
    case.warehouse.commit()
    told = case.told()
    assert told[2].split() == ["24", "2025", "2025-11"]
    assert told[3].split() == "target 12 01 02 03 04 05 06 07 08 09 10 11 value asked".split()
    assert max(map(len, told)) <= 120


# --- the command


@pytest.fixture
def said(case: Case) -> Callable[..., tuple[int, str, str]]:
    def run(*words: str) -> tuple[int, str, str]:
        done = smm(case.warehouse, "rehearse", *words, SMM_CLIENTS=str(case.file.parent))
        return done.returncode, done.stdout, done.stderr

    return run


def test_the_command_takes_a_changed_file_from_elsewhere(
    case: Case, said: Callable[..., tuple[int, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "next_year.yml"
    elsewhere.write_text(case.write(NOW).read_text("utf-8"), "utf-8")
    case.write(THEN)
    before = case.rows()

    code, told, errors = said("yarko", "--months", "2", "--file", str(elsewhere))

    assert (code, errors) == (0, "")
    assert "would have sent 2 letters in 2 months: 2025-11 (vk.followers" in told  # by now December is over too
    assert "vk.followers 2025-11: missed, was met (asked >= 1,300, was >= 1,200)\n" in told
    assert case.rows() == before


def test_a_bad_file_is_its_mistakes_one_line_each(case: Case, said: Callable[..., tuple[int, str, str]]) -> None:
    case.write("  vk.folowers: {at_least: 1}\n  vk.reach: {at_least: many}\n")
    code, told, errors = said("yarko")
    assert (code, told) == (1, "")
    assert errors.splitlines() == [
        "yarko.yml:11: targets.vk.folowers: no KPI is called 'folowers'; write followers",
        "yarko.yml:12: targets.vk.reach.at_least: must be a number, found 'many'",
    ]
    with pytest.raises(Mistakes, match="nowhere.yml:1: cannot be read: No such file or directory"):
        rehearse.asked(catalogue.read(), "yarko", Path("nowhere.yml"))


def test_an_unknown_client_is_told_which_there_are(case: Case, said: Callable[..., tuple[int, str, str]]) -> None:
    there = f"in {case.file.parent}; the clients there are: yarko\n"
    assert said("yarok", "--file", str(case.file)) == (1, "", f"no file yarok.yml {there}")


def test_months_are_counted_from_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["rehearse", "yarko", "--months", "0"])
    assert capsys.readouterr().err.endswith("argument --months: must be a number of months, found '0'\n")


# --- the DAG


def test_the_dag_tells_the_same_in_its_log_and_writes_nothing(
    case: Case, dagbag: "DagBag", caplog: pytest.LogCaptureFixture
) -> None:
    case.write(NOW)
    before = case.rows()
    conf = {"clients": None, "month": None, "send": True, "rehearse_to": None, "rehearse_targets": True}

    with caplog.at_level(logging.INFO):
        done = dagbag.dags["report_targets"].test(run_after=AT, logical_date=None, run_conf=conf)

    states = {task.task_id: str(task.state) for task in done.get_task_instances()}
    skipped = dict.fromkeys(("read_files", "judge", "write", "deliver", "tell", "rehearse"), "skipped")
    assert states == {**skipped, "rehearse_targets": "success", "outcome": "success"}
    logged = [record.getMessage() for record in caplog.records if record.name.endswith("report_targets")]
    assert logged == TOLD.splitlines()
    assert case.rows() == before


def test_the_dags_own_days_are_no_rehearsal(dagbag: "DagBag") -> None:
    assert dagbag.dags["report_targets"].params["rehearse_targets"] is False
    assert "rehearse_targets" in (ROOT / "dags" / "report_targets.py").read_text("utf-8").split('"""')[1]
