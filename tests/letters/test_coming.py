"""Letters that are not written yet: when each will be sent, and the words that their managers write for them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from smm.letters import approval, coming, outbox
from smm.letters.coming import NotComing
from smm.letters.said import Overtaken, mark
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER
from tests.letters.handing_over import BOTH, OWNER, PARTNER

DAY_2 = datetime(2025, 11, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def judged(case: Case) -> Case:
    """A client that missed a target in October, whose letter is not written."""
    case.client(report=BOTH)
    case.facts(11873)
    case.judge(at=DAY_2)
    case.warehouse.commit()
    return case


def found(case: Case, at: datetime) -> list[coming.Coming]:
    rows = coming.coming(case.warehouse, None, at)
    case.warehouse.commit()
    return rows


def test_a_letter_is_coming_from_the_first_of_the_month_until_it_is_written(judged: Case) -> None:
    first = datetime(2025, 10, 31, 21, tzinfo=UTC)  # midnight in Moscow
    assert found(judged, first - HOUR) == []
    (letter,) = found(judged, first)
    assert (letter.client, letter.month, letter.kind, letter.manager) == (
        "yarko",
        OCTOBER,
        "missed",
        "anna@agency.example",
    )
    assert letter.readers == ((OWNER, "ru"), (PARTNER, "en"))
    assert (letter.due_at, letter.sent_at(0), letter.sent_at(24)) == (DAY_4, DAY_4, DAY_4 + 24 * HOUR)
    assert len(found(judged, DAY_4 + HOUR)) == 1, "until a run has written it"
    judged.judge()
    assert outbox.write(judged.warehouse, "yarko", OCTOBER, DAY_4, "agency.example", "missed")
    assert found(judged, DAY_2) == []


@pytest.mark.parametrize(
    ("reach", "letters", "kinds"),
    [
        (11873, ["monthly"], ["monthly"]),
        (14300, ["missed", "monthly"], ["monthly"]),
        (14300, ["missed"], []),
        (11873, ["weekly"], []),
    ],
)
def test_what_is_coming_is_what_will_be_due(case: Case, reach: float, letters: list[str], kinds: list[str]) -> None:
    case.client(report=BOTH | {"letters": letters})
    case.facts(reach)
    case.judge(at=DAY_2)
    assert [letter.kind for letter in found(case, DAY_2)] == kinds
    about_october = [kind for _, kind, month in outbox.due(case.warehouse, None, DAY_4) if month == OCTOBER]
    assert set(kinds) <= set(about_october)


def test_who_reads_it_alone_gets_no_draft(case: Case) -> None:
    case.client(report={"to": [OWNER], "manager": OWNER, "letters": ["missed"]})
    case.facts(11873)
    case.judge(at=DAY_2)
    (letter,) = found(case, DAY_2)
    assert letter.sent_at(24) == DAY_4


def test_words_written_before_are_in_the_letter(judged: Case) -> None:
    said = coming.comment(judged.warehouse, "yarko", OCTOBER, "Ярмарка", {"en": "Posts"}, DAY_2)
    assert [sentence.split(":")[0] for sentence in said] == [
        f"{PARTNER} reads English, and there is no comment in English",
        f"{OWNER} reads Russian, and there are no next steps in Russian",
    ]
    (letter,) = found(judged, DAY_2)
    assert letter.words == {"comment": {"ru": "Ярмарка"}, "next_steps": {"en": "Posts"}}
    coming.comment(judged.warehouse, "yarko", OCTOBER, {"en": "The fair"}, None, DAY_2, mark(letter.words))
    with pytest.raises(Overtaken):
        coming.comment(judged.warehouse, "yarko", OCTOBER, {"en": "All is well"}, None, DAY_2, mark(letter.words))
    judged.warehouse.rollback()
    judged.judge()
    written = outbox.write(judged.warehouse, "yarko", OCTOBER, DAY_4, "agency.example", "missed")
    judged.warehouse.commit()
    words = ({"ru": "Ярмарка", "en": "The fair"}, {"en": "Posts"})
    assert judged.rows("select comment, next_steps from marts.letter") == [words]
    assert judged.rows("select * from core.coming_words") == []
    judged.warehouse.commit()
    with pytest.raises(NotComing):
        coming.comment(judged.warehouse, "yarko", OCTOBER, "Поздно", None, DAY_4)
    judged.warehouse.rollback()
    assert written
    approval.comment(judged.warehouse, "yarko", written, {"en": "The fair was cancelled"})
    judged.facts(14300, er_post=0.01)
    judged.judge()
    assert outbox.write(judged.warehouse, "yarko", OCTOBER, DAY_4, "agency.example", "missed") == "2025-10-missed-2"
    query = "select comment, next_steps from marts.letter where letter_id = '2025-10-missed-2'"
    assert judged.rows(query) == [({"ru": "Ярмарка", "en": "The fair was cancelled"}, {"en": "Posts"})]


def test_words_for_one_month_are_in_no_other_letter(judged: Case) -> None:
    coming.comment(judged.warehouse, "yarko", OCTOBER, "Ярмарка", None, DAY_2)
    november = date(2025, 11, 1)
    judged.kpi("vk.er_post", 0.001, november)
    judged.judge(month=november, at=datetime(2025, 12, 2, tzinfo=UTC))
    (letter,) = found(judged, datetime(2025, 12, 2, tzinfo=UTC))
    assert (letter.month, letter.words) == (november, {"comment": {}, "next_steps": {}})
    coming.comment(judged.warehouse, "yarko", november, "Снег", None, datetime(2025, 12, 2, tzinfo=UTC))
    assert judged.rows("select month, comment from core.coming_words") == [(november, {"ru": "Снег"})]
