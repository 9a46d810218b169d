"""Who gave the figures: the agency typed them in, or they are the client's own, as the client's file says."""

import pytest

from smm.letters.compose import compose
from smm.letters.content import Content
from smm.letters.phrases import phrase
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER


def loaded(case: Case, load_id: str, network: str, given_by: str | None, day: int) -> None:
    """A published load of this file of figures."""
    health = "{}" if given_by is None else f'{{"given_by": "{given_by}"}}'
    case.warehouse.execute(
        """insert into core.load (client, load_id, run_id, source, network, state, health, finished_at)
        values ('yarko', %s, 'x', 'figures', %s, 'published', %s, make_timestamptz(2025, 11, %s, 2, 12, 0, 'UTC'))""",
        [load_id, network, health, day],
    )


def figure(case: Case, network: str, measure: str, file: str, load_id: str) -> None:
    case.warehouse.execute(
        """insert into core.counts
        (client, network, measure, grain, period, value, through_day, source, report, given_by, load_id)
        values ('yarko', %s, %s, 'month', '2025-10-01', 5, '2025-10-31', 'figures', 'figures', %s, %s)""",
        [network, measure, file, load_id],
    )


@pytest.fixture
def letter(case: Case) -> Content:
    """Calls that the client counts, and costs from the agency's file; both files were somebody else's before."""
    case.client(
        sources={"calls": {"source": "figures", "path": "c.csv", "given_by": "client"}, "figures": {"path": "y.csv"}},
        leads={"calls": "calls"},
        targets={"leads": {"at_least": 40}, "vk_ads.cost_per_click": {"at_most": 3}},
    )
    loaded(case, "c1", "calls", None, 3)
    loaded(case, "c2", "calls", "client", 4)
    loaded(case, "f1", "figures", "client", 3)
    loaded(case, "f2", "figures", "agency", 4)
    figure(case, "all", "calls", "calls", "c1")
    figure(case, "vk_ads", "spend", "figures", "f1")
    case.kpi("all.leads", 5)
    case.kpi("vk_ads.cost_per_click", 5)
    case.judge()
    found = compose(case.warehouse, "yarko", OCTOBER, "missed", DAY_4)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("language", "sources"),
    [
        ("en", {"Your data": "Leads", "Entered by the agency": "Cost per click"}),
        ("ru", {"Ваши данные": "Обращения", "Внесено агентством": "Цена клика"}),
        ("sv", {"Dina uppgifter": "Leads", "Ifyllt av byrån": "Kostnad per klick"}),
    ],
)
def test_the_newest_load_says_who_gave_the_figures(letter: Content, language: str, sources: dict[str, str]) -> None:
    assert dict(phrase(letter, language).sources) == sources


def test_each_pull_names_its_giver(letter: Content) -> None:
    assert [(pull.source, pull.network) for pull in letter.pulls] == [("client", "calls"), ("figures", "figures")]
    assert phrase(letter, "en").pulls == (
        "Source: your data, read on November 4, 5:12\u202fAM.",
        "Source: the agency, read on November 4, 5:12\u202fAM.",
    )
