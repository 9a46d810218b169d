"""The chart of a target: what it draws, what it says in words, and that it is a small picture."""

import struct
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from smm.files.agency import Agency
from smm.letters.charts import definition, is_worth_drawing, picture
from smm.letters.content import Event, Judged
from smm.letters.lines import Teller
from smm.letters.words import words
from tests.letters.examples import OCTOBER, judged
from tests.letters.months import YEAR, history
from tests.letters.test_render import plain


def teller(language: str = "en") -> Teller:
    return Teller(words(language), "RUB", OCTOBER)


def event(first: date, last: date = date(2025, 10, 22), network: str | None = "vk", text: str = "Holiday") -> Event:
    return Event(client="yarko", first_day=first, last_day=last, network=network, text=text)


def drawn(target: Judged, *events: Event) -> dict[str, Any]:
    """The datasets and params of its chart."""
    found = definition(target, events, teller(), Agency(colour="#123456"))
    return found["datasets"] | {param["name"]: param["value"] for param in found["params"]}


def test_every_month_has_its_place_and_a_missing_one_is_no_zero() -> None:
    months = history()
    months = (*months[:8], {**months[8], "marks": {"is_incomplete": True}}, *months[9:])
    found = drawn(judged(history=months))
    assert [(bar["position"], bar["value"]) for bar in found["known"]] == [
        (place, value) for place, value in enumerate(YEAR) if value is not None
    ]
    assert found["missing"] == [{"position": 3}]
    assert [bar["position"] for bar in found["known"] if bar["is_open"]] == [8, 12]
    assert [bar["position"] for bar in found["known"] if bar["is_told"]] == [12]
    assert found["named"] == [0, 3, 6, 9, 12]
    assert [found["names"][place] for place in found["named"]] == [
        ["Oct", "2024"],
        ["Jan", "2025"],
        ["Apr", ""],
        ["Jul", ""],
        ["Oct", "not final"],
    ]


def test_the_plan_is_each_months_own() -> None:
    months = (*history(YEAR, low=Decimal(12000))[:-2], *history((14820, 11873), low=Decimal(14250)))
    found = drawn(judged(rule="plan", history=months))
    assert [row["value"] for row in found["plans"]] == [12000] * 11 + [14250] * 2
    assert found["plan"] == [{"text": "Plan: 14,250"}]
    assert found["accent"] == "#123456"
    assert drawn(judged(history=history()))["plan"] == []


def test_what_happened_marks_its_months_in_its_own_network() -> None:
    found = drawn(
        judged(history=history()),
        event(date(2025, 9, 30)),
        event(date(2025, 10, 1), network=None, text="Rain"),
        event(date(2025, 1, 1), network="telegram"),
    )
    assert found["events"] == [{"position": 11}, {"position": 12}]
    assert found["event"] == [{"position": 12, "text": "Holiday"}], "the newest is named, of its own network first"
    assert drawn(judged("all.leads", low=40, history=history()), event(date(2025, 10, 1)))["events"]


@pytest.mark.parametrize(
    ("values", "low", "ticks", "numbers"),
    [
        (YEAR, 14250, [0, 5000, 10000, 15000], "0 5,000 10,000 15,000"),
        ((1, 2), None, [0, 0.5, 1, 1.5, 2], "0.00 0.50 1.00 1.50 2.00"),
        ((0, 0), None, [0, 1], "0 1"),
        ((-30, 10), None, [-30, -20, -10, 0, 10], "−30 −20 −10 0 10"),
        (("0.0112", "0.0131"), "0.012", [0, 0.005, 0.01, 0.015], "0.000 0.005 0.010 0.015"),
    ],
)
def test_the_scale_is_of_round_numbers_around_all_values(
    values: tuple[Any, ...], low: Any, ticks: list[float], numbers: str
) -> None:
    found = drawn(judged("vk.pages_per_session", low=1, history=history(values, low=low)))
    assert found["ticks"] == ticks
    assert (found["least"], found["most"]) == (ticks[0], ticks[-1] if low is None else pytest.approx(1.18 * ticks[-1]))
    assert " ".join(found["numbers"]) == numbers


def test_the_scale_of_a_count_is_whole() -> None:
    found = drawn(judged("all.leads", low=1, history=history((3, 9))))
    assert (found["ticks"], found["numbers"]) == ([0, 5, 10], ["0", "5", "10"])


def test_what_happened_stands_above_the_bars_without_a_plan_too() -> None:
    found = drawn(judged(history=history((100, 200))), event(date(2025, 10, 1)))
    assert (found["ticks"][-1], found["most"]) == (200, pytest.approx(308))


def test_a_month_far_beyond_the_others_is_cut_and_has_its_number_written() -> None:
    found = drawn(judged("all.leads", history=history((9, 90, 10, 8)), low=9))
    assert found["ticks"][-1] == 10
    (edge,) = found["cut"]
    assert (edge["position"], edge["value"], edge["text"]) == (10, 10, "90")
    assert [bar["value"] for bar in found["known"]] == [9, 10, 10, 8]
    assert drawn(judged("all.leads", history=history((9, 24, 10, 8)), low=9))["cut"] == []


def test_the_month_of_the_letter_is_never_cut() -> None:
    found = drawn(judged("all.leads", history=history((9, 10, 8, 90)), low=9))
    assert (found["cut"], found["ticks"][-1]) == ([], 100)


def test_three_months_far_beyond_the_others_are_no_exception() -> None:
    assert drawn(judged("all.leads", history=history((90, 95, 99, 10, 9, 8)), low=9))["cut"] == []


def test_a_running_month_has_its_forecast_and_the_interval_of_that() -> None:
    outlook = {"forecast": 15000, "low": 13700, "high": 16500, "certain_since": None, "per_day": None}
    known: dict[str, Any] = {
        "value": 9000,
        "history": history((14820, 9000), low=14250),
        "outlook": {"client": "yarko", **outlook},
    }
    target = judged(verdict="on_track", **known)
    found = definition(target, (), teller(), Agency(), target.outlook)
    datasets, names = found["datasets"], next(each["value"] for each in found["params"] if each["name"] == "names")
    assert datasets["forecast"] == [{"position": 12, "value": 15000, "low": 13700, "high": 16500}]
    assert datasets["forecast_name"] == [{"text": "Forecast"}]
    assert [bar["is_open"] for bar in datasets["known"]] == [False, True]
    assert names[-1] == ["Oct", "so far"]
    without = picture(target.model_copy(update={"outlook": None}), (), teller(), Agency())
    assert picture(target, (), teller(), Agency()).png != without.png


@pytest.mark.parametrize(
    ("language", "alt"),
    [
        (
            "en",
            "Reach, VK, month by month: Aug 2025: no access; Sep 2025: 14,820; Oct 2025: 11,873 (provisional)."
            " Plan: at least 14,250.",
        ),
        (
            "ru",
            "Охват, ВКонтакте, по месяцам: авг. 2025 г.: нет доступа; сент. 2025 г.: 14 820;"
            " окт. 2025 г.: 11 873 (предварительно). План: не меньше 14 250.",
        ),
        (
            "sv",
            "Räckvidd, VK, månad för månad: aug. 2025: ingen tillgång; sep. 2025: 14 820;"
            " okt. 2025: 11 873 (preliminärt). Mål: minst 14 250.",
        ),
    ],
)
def test_the_alternative_text_carries_the_numbers(language: str, alt: str) -> None:
    found = picture(judged(history=history((None, 14820, 11873))), (), teller(language), Agency())
    assert plain(found.alt) == alt


def test_a_picture_is_small_sharp_and_the_same_each_time() -> None:
    target, happened = judged(history=history(low=Decimal(14250))), event(date(2025, 10, 13), text="Отпуск " * 30)
    first = picture(target, [happened], teller("ru"), Agency())
    assert first.png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", first.png[16:24]) == (1200, 500)
    assert len(first.png) < 60_000
    picture(judged(history=history((1, 2))), (), teller(), Agency())
    assert picture(target, [happened], teller("ru"), Agency()) == first
    assert picture(target, (), teller("ru"), Agency()).cid != first.cid


def test_one_known_month_is_not_worth_a_picture() -> None:
    assert not is_worth_drawing(judged())
    assert not is_worth_drawing(judged(history=history((None, 11873))))
    assert is_worth_drawing(judged(history=history((14820, None, 9000))))


def test_money_is_drawn_in_letters_that_every_font_has() -> None:
    target = judged("all.cost_per_lead", value=400, high=300, history=history((250, 400), high=300))
    found = definition(target, (), teller("ru"), Agency())
    numbers = next(param["value"] for param in found["params"] if param["name"] == "numbers")
    assert [plain(number) for number in numbers] == ["0 RUB", "100 RUB", "200 RUB", "300 RUB", "400 RUB"]
    assert plain(found["datasets"]["plan"][0]["text"]) == "План: не больше 300 RUB"
    assert plain(picture(target, (), teller("ru"), Agency()).alt).endswith("План: не больше 300 ₽.")
