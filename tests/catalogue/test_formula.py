"""Formulas become terms; one that adds what cannot be added is refused, and told what to write instead."""

from decimal import Decimal
from pathlib import Path
from shutil import copy

import pytest

from smm import catalogue
from smm.catalogue import formula
from smm.catalogue.formula import Term
from smm.project import INCLUDE

MEASURES = catalogue.read().measures

FORMULAS = {
    "one measure": ("followers", {("numerator", None, "followers"): 1}),
    "the difference of a stock": (
        "followers - followers_opening",
        {("numerator", None, "followers"): 1, ("numerator", None, "followers_opening"): -1},
    ),
    "a stock of two networks": (
        "vk.followers + telegram.followers",
        {("numerator", "vk", "followers"): 1, ("numerator", "telegram", "followers"): 1},
    ),
    "a ratio of sums": (
        "(spend + fee) / budget",
        {("numerator", None, "spend"): 1, ("numerator", None, "fee"): 1, ("denominator", None, "budget"): 1},
    ),
    "a coefficient": (
        "spend * 1000 / impressions",
        {("numerator", None, "spend"): 1000, ("denominator", None, "impressions"): 1},
    ),
    "a coefficient before": ("0.5 * spend", {("numerator", None, "spend"): Decimal("0.5")}),
    "pinned networks": (
        "all.sessions / site.sessions",
        {("numerator", "all", "sessions"): 1, ("denominator", "site", "sessions"): 1},
    ),
    "brackets and signs": (
        "margin - (spend - -fee)",
        {("numerator", None, "margin"): 1, ("numerator", None, "spend"): -1, ("numerator", None, "fee"): -1},
    ),
    "the same measure twice": ("spend + spend", {("numerator", None, "spend"): 2}),
    "a measure that cancels out": ("spend + fee - fee", {("numerator", None, "spend"): 1}),
    "a cost per thousand people": (
        "spend * 1000 / reach",
        {("numerator", None, "spend"): 1000, ("denominator", None, "reach"): 1},
    ),
    "groups of one count": (
        "returning_users / (new_visitors + returning_users)",
        {
            ("numerator", None, "returning_users"): 1,
            ("denominator", None, "new_visitors"): 1,
            ("denominator", None, "returning_users"): 1,
        },
    ),
    "a count less one of its groups": (
        "buyers - first_buyers",
        {("numerator", None, "buyers"): 1, ("numerator", None, "first_buyers"): -1},
    ),
}


@pytest.mark.parametrize(("text", "expected"), FORMULAS.values(), ids=FORMULAS)
def test_a_formula_becomes_terms(text: str, expected: dict[tuple[str, str | None, str], Decimal]) -> None:
    found = formula.terms(text, MEASURES)
    assert {(term.side, term.network_pin, term.measure): term.coefficient for term in found} == expected
    assert all(isinstance(term, Term) for term in found)


SHAPE = "a KPI is one sum of measures, or one such sum divided by another, such as (spend + fee) * 1000 / impressions"
RATIO = "a ratio is never added or averaged"
SUMS = "divides within a sum, or twice"
UNITS = "add only what has one unit, or divide one by the other"
UNIQUES = (
    "uniques, in which a person may be counted twice; use one of them"
    " (only groups of one count, `group_of` in include/measures.yml, can be added or subtracted)"
)
COUNTED = "a unique is used only as its source counted it"
FACTOR = f"{COUNTED}: put the factor on the other side of the division, or leave it out"
ALONE = "people can be added to nothing else: divide one by the other"
NOWHERE = "pins reach to all, where it does not exist: people are not added up over networks; pin one network, such as"
MOMENT = "a level at one moment cannot be added to what happens in a period: divide one by the other"
MOMENTS = "one stock at two moments; write their difference, or the measure that is their average"
ZERO = "which is always zero; remove it"
NUMBER = "adds the number 1 to measures; a number can only multiply one, as in spend * 1000"
ONLY = "only measures, numbers, + - * and one / are allowed"
UNKNOWN = "which is not a measure in include/measures.yml"
BAD = {
    "a comment": (
        "clicks --impressions",
        "has --, which begins a comment: 'clicks --impressions'; write measures with + - * / and brackets",
    ),
    "too long": (" + ".join(["clicks"] * 100), f"has 897 characters; at most 500 are allowed: {SHAPE}"),
    "brackets without end": (
        "(" * 200 + "clicks" + ")" * 200,
        f"cannot be read: {'(' * 200 + 'clicks' + ')' * 200!r}; write measures with + - * / and brackets",
    ),
    "a factor without end": (
        "1e400 * clicks",
        "multiplies clicks by 1E+400; a factor is between 0.000000001 and 1,000,000,000,000",
    ),
    "hardly a factor": (
        "1e-12 * clicks",
        "multiplies clicks by 1E-12; a factor is between 0.000000001 and 1,000,000,000,000",
    ),
    "no formula": ("", "is empty; write a measure, such as sessions, or a sum divided by a sum"),
    "half a formula": ("spend +", "cannot be read: 'spend +'; write measures with + - * / and brackets"),
    "an unknown measure": ("spend / klicks", f"names 'klicks', {UNKNOWN}; write clicks"),
    "another KPI": ("er_post * 2", f"names 'er_post', {UNKNOWN}; write measures, not KPIs"),
    "a sum of ratios": ("spend / clicks + fee / clicks", f"{SUMS}: spend / clicks; {RATIO}; {SHAPE}"),
    "a mean of ratios": ("(ctr + spend / clicks) / 2", f"names 'ctr', {UNKNOWN}; write measures, not KPIs"),
    "the average of ratios": ("(fee / clicks + spend / clicks) / 2", f"{SUMS}: fee / clicks; {RATIO}; {SHAPE}"),
    "a ratio of ratios": ("spend / clicks / leads", f"{SUMS}: spend / clicks; {RATIO}; {SHAPE}"),
    "a ratio, multiplied": ("spend / impressions * 1000", f"{SUMS}: spend / impressions; {RATIO}; {SHAPE}"),
    "a ratio times a measure": ("(spend / clicks) * leads", f"multiplies a ratio: (spend / clicks) * leads; {SHAPE}"),
    "a product of measures": (
        "spend * clicks",
        f"multiplies measures: spend * clicks; a measure is multiplied by a number only; {SHAPE}",
    ),
    "a function": ("max(spend)", f"has MAX(spend); {ONLY}"),
    "another operator": ("spend % 2", f"has spend % 2; {ONLY}"),
    "two statements": ("spend; drop table core.load", f"has spend; DROP TABLE core.load; {ONLY}"),
    "a name of three parts": ("yarko.vk.spend", f"has yarko.vk.spend; {ONLY}"),
    "a bare number": ("spend + 1", NUMBER),
    "a bare number below": ("clicks / (impressions + 1)", NUMBER),
    "only a number": ("7", "has no measure, only 7; write one, such as sessions"),
    "a constant below": ("spend / 100", "divides by 100 alone; write a factor instead, such as spend * 0.5"),
    "zero below": ("spend / 0", "divides by 0 alone; write a factor instead, such as spend * 0.5"),
    "zero by its construction": ("spend / (clicks - clicks)", f"divides by (clicks - clicks), {ZERO}"),
    "zero by a factor": ("clicks / (0 * impressions)", f"divides by (0 * impressions), {ZERO}"),
    "nothing above": ("(fee - fee) / budget", f"is (fee - fee), {ZERO}"),
    "a sum of uniques": ("reach + visitors", f"adds reach and visitors, {UNIQUES}"),
    "a unique over networks": ("vk.reach + ok.reach", f"adds vk.reach and ok.reach, {UNIQUES}"),
    "a difference of uniques": ("users - buyers", f"adds users and buyers, {UNIQUES}"),
    "a count and its group": ("users + new_visitors", f"adds users and new_visitors, {UNIQUES}"),
    "a count less two groups": (
        "(users - new_visitors - returning_users) / users",
        f"adds users and new_visitors and returning_users, {UNIQUES}",
    ),
    "groups of two networks": (
        "vk.new_visitors + site.returning_users",
        f"adds vk.new_visitors and site.returning_users, {UNIQUES}",
    ),
    "weighted groups": (
        "returning_users / (2 * new_visitors + returning_users)",
        f"adds new_visitors and returning_users, {UNIQUES}",
    ),
    "a unique with a factor": ("likes / (0.5 * reach)", f"multiplies reach, a unique, by 0.5; {FACTOR}"),
    "a unique taken away": ("-reach", f"multiplies reach, a unique, by -1; {FACTOR}"),
    "a median in hours": ("response_minutes * 0.5", f"multiplies response_minutes, a unique, by 0.5; {FACTOR}"),
    "a unique and a flow": ("likes + reach", f"adds reach, a unique, to likes, a flow; {ALONE}"),
    "a unique and a stock": ("likes / (reach + followers)", f"adds reach, a unique, to followers, a stock; {ALONE}"),
    "people of all networks": ("likes / all.reach", f"{NOWHERE} instagram.reach"),
    "a stock and a flow": (
        "followers + follower_days",
        f"adds followers, a stock, to follower_days, a flow; {MOMENT}",
    ),
    "a stock at two moments": (
        "followers_gained / (followers + followers_opening)",
        f"adds followers and followers_opening, {MOMENTS}",
    ),
    "half a difference": ("2 * followers - followers_opening", f"adds followers and followers_opening, {MOMENTS}"),
    "money and a count": ("revenue - purchases", f"adds revenue (money) to purchases (count); {UNITS}"),
    "money and a count below": ("spend / (fee + clicks)", f"adds fee (money) to clicks (count); {UNITS}"),
}

ENTRY = """\
# the agency's own
cost_per_wish:
  title: {{en: Wish, ru: Желание, sv: Önskan}}
  meaning: {{en: wish, ru: желание, sv: önskan}}
  goal: promotion
  formula: {formula!r}
"""


def written(folder: Path, text: str) -> Path:
    """A folder like include/, with this file of KPIs alone."""
    (folder / "kpis").mkdir()
    for name in ("networks.yml", "measures.yml"):
        copy(INCLUDE / name, folder / name)
    (folder / "kpis" / "agency.yml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD)
def test_a_bad_formula_is_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    known = catalogue.read(written(tmp_path, ENTRY.format(formula=text)))

    told = [str(mistake) for mistake in known.broken["cost_per_wish"].mistakes]
    assert told == [f"agency.yml:6: cost_per_wish.formula: {message}"]
    assert known.kpis == known.terms == {}


def test_two_stocks_are_not_added() -> None:
    measures = {**MEASURES, "stores": MEASURES["followers"]}
    message = "adds followers and stores, two stocks; only a difference of one stock makes sense"
    with pytest.raises(formula.BadFormula, match=message):
        formula.terms("followers - stores", measures)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("spend", ("money",)),
        ("spend * 1000 / impressions", ("money",)),
        ("spend / revenue", ("share", "ratio")),
        ("clicks / impressions", ("share", "ratio")),
        ("engagement_seconds / sessions", ("seconds",)),
        ("sessions", ("count", "ratio")),
        ("clicks / spend", ("ratio",)),
    ],
)
def test_the_unit_follows_from_the_formula(text: str, allowed: tuple[str, ...]) -> None:
    assert formula.units(formula.terms(text, MEASURES), MEASURES) == allowed
