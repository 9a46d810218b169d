"""What is no client's file, told in our words: what was found, and what to write. Nothing of it is pydantic's."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from smm import catalogue, clients
from smm.files import agency
from smm.files.checked import Mistakes

GOOD = """\
name: Yarko
language: ru
time_zone: Europe/Moscow
currency: RUB
started: 2025-06-01
paused: [2026-07-01, 2026-07-31]
ended: 2026-12-31
sources:
  ga4: {connection: ga4_yarko, property: 310123456}
  vk: {connection: vk_yarko, community: 174905001, audience: {sex: female, ages: [24-27, 27-30]}}
  figures: {path: include/figures/yarko.csv, given_by: client}
leads: {calls: figures, forms: ga4.generate_lead}
targets:
  followers: {plan: {2026-01: 1500, 2026-02: 1700}, main: true, tolerance: 0.02, from_month: 2}
  vk.er_post: {between: [0.01, 0.02]}
  all.sessions: {growth: 0.05, over: previous_month}
  posts: {from_baseline: {to: 2.0, by_month: 12}}
plans: {path: include/plans/yarko.csv}
report:
  to: [owner@yarko.example, {ceo@yarko.example: en}]
  manager: anna@agency.example
  letters: [missed, monthly]
  hour: 9
annotations:
  - {from: 2026-06-01, to: 2026-06-20, network: vk, text: A contest, compare: false}
"""
AGENCY = """\
name: Northern Lights
colour: "#0b6e99"
operators: [ops@agency.example]
draft_hours: 4
board: https://airflow.agency.example
"""


def refused(folder: Path, text: str) -> list[str]:
    """The mistakes, without the file's name."""
    path = folder / "yarko.yml"
    path.write_text(text, "utf-8")
    try:
        clients.read_file(path, catalogue.read())
    except Mistakes as found:
        return [str(mistake).removeprefix("yarko.yml:") for mistake in found.mistakes]
    return []


def test_the_file_itself_is_in_order(tmp_path: Path) -> None:
    assert refused(tmp_path, GOOD) == []


TOLD = {
    "a year as a plan's month": (
        "plan: {2026-01: 1500, 2026-02: 1700}",
        "plan: {2026: 1500}",
        "14: targets.followers.plan.2026: must be a month such as 2026-01, a quarter such as 2026-Q1 or days such as"
        " 2026-03-10..2026-04-15, found '2026'",
    ),
    "a special space after a colon": (
        "name: Yarko",
        "name:\N{NO-BREAK SPACE}Yarko",
        "1: needs a space after its colon: write `name: Yarko`",
    ),
    "pairs without their braces": (
        "ga4: {connection: ga4_yarko, property: 310123456}",
        "ga4: connection: ga4_yarko, property: 310123456",
        "9: has a second colon in one value: put braces around `key: value` pairs, {connection: ga4_yarko, property:"
        ' 310123456}, or quotes around text, "connection: ga4_yarko"',
    ),
    "a key too far to the left": (
        "  ga4: {connection",
        "ga4: {connection",
        "10: is indented below a line that has a value already: begin both in the same column",
    ),
    # days
    "a day as Russians and Swedes have it": (
        "started: 2025-06-01",
        "started: 01.09.2024",
        "5: started: must be a day, found '01.09.2024': write 2024-09-01",
    ),
    "a day without its zeros": (
        "started: 2025-06-01",
        "started: 2024-9-1",
        "5: started: must be a day, found '2024-9-1': write 2024-09-01",
    ),
    "a day without hyphens": (
        "started: 2025-06-01",
        "started: 20240901",
        "5: started: must be a day, found 20240901: write 2024-09-01",
    ),
    "a month": (
        "started: 2025-06-01",
        "started: June 2025",
        "5: started: must be a day, found 'June 2025': write a day of that month, such as 2025-06-01",
    ),
    "a day that may be two": (
        "started: 2025-06-01",
        "started: 09/01/2024",
        "5: started: must be a day, found '09/01/2024': write a day such as 2024-09-01",
    ),
    "a day that the month has not": (
        "ended: 2026-12-31",
        "ended: 2026-11-31",
        "7: ended: must be a day, found '2026-11-31': 2026-11 has the days 01 to 30",
    ),
    "a month that the year has not": (
        "ended: 2026-12-31",
        "ended: 2026-13-31",
        "7: ended: must be a day, found '2026-13-31': write year-month-day, such as 2024-09-01",
    ),
    "a word for a day": (
        "ended: 2026-12-31",
        "ended: never",
        "7: ended: must be a day, found 'never': write a day such as 2024-09-01",
    ),
    "one day of a pause": (
        "paused: [2026-07-01, 2026-07-31]",
        "paused: 2026-07-01",
        "6: paused: must be a list, found '2026-07-01': write `paused: [2026-07-01, 2026-07-31]`, for example",
    ),
    "three days of a pause": (
        "[2026-07-01, 2026-07-31]",
        "[2026-07-01, 2026-07-31, 2026-08-01]",
        "6: paused: must have 2 items, found 3: write `paused: [2026-07-01, 2026-07-31]`, for example",
    ),
    "a pause the wrong way round": (
        "[2026-07-01, 2026-07-31]",
        "[2026-07-31, 2026-07-01]",
        "6: paused: must be the first day and the last one: write [2026-07-01, 2026-07-31]",
    ),
    # numbers
    "an hour too late": ("hour: 9", "hour: 24", "23: report.hour: must be a whole number from 0 to 23, found 24"),
    "an hour with minutes": (
        "hour: 9",
        "hour: 9:00",
        "23: report.hour: must be a whole number from 0 to 23, found '9:00': write `hour: 9`, for example",
    ),
    "an hour that is true": (
        "hour: 9",
        "hour: true",
        "23: report.hour: must be a whole number from 0 to 23, found true: write `hour: 9`, for example",
    ),
    "a number with its thousands apart": (
        "2026-01: 1500",
        "2026-01: 1 500",
        "14: targets.followers.plan.2026-01: must be a number, found '1 500': write 1500",
    ),
    "a number with its currency": (
        "2026-01: 1500",
        "2026-01: 1500 kr",
        "14: targets.followers.plan.2026-01: must be a number, found '1500 kr': write 1500",
    ),
    "a number that may be two": (
        "2026-01: 1500",
        "2026-01: '1,500'",
        "14: targets.followers.plan.2026-01: must be a number, found '1,500': write 1500 or 1.500, whichever it is",
    ),
    "percent of the baseline": (
        "to: 2.0",
        "to: 200%",
        "17: targets.posts.from_baseline.to: must be a number, found '200%': write 2",
    ),
    "a month of work in quotes": (
        "by_month: 12",
        "by_month: '12'",
        "17: targets.posts.from_baseline.by_month: must be a whole number, found '12': take the quotes out",
    ),
    # months of a plan
    "a month without its zero": (
        "2026-01: 1500",
        "2026-1: 1500",
        "14: targets.followers.plan.2026-1: must be a month such as 2026-01, a quarter such as 2026-Q1 or days such as"
        " 2026-03-10..2026-04-15, found '2026-1': write 2026-01",
    ),
    "a quarter without its hyphen": (
        "2026-01: 1500",
        "2026Q1: 1500",
        "14: targets.followers.plan.2026Q1: must be a month such as 2026-01, a quarter such as 2026-Q1 or days such as"
        " 2026-03-10..2026-04-15, found '2026Q1': write 2026-Q1",
    ),
    "a month and its plan without a colon": (
        "2026-01: 1500",
        "2026-01 1500",
        "14: targets.followers.plan.2026-01 1500: is key and value in one: write a colon and a space between them,"
        " `2026-01: 1500`",
    ),
    "a plan without months": (
        "{2026-01: 1500, 2026-02: 1700}",
        "1500",
        "14: targets.followers.plan: must be `key: value` pairs, found 1500: write"
        " `plan: {2026-01: 1500, 2026-02: 1700}`, for example",
    ),
    # keys
    "a key in the singular": ("targets:", "target:", "13: target: is not a key of this file; did you mean `targets`?"),
    "a key in capitals": ("report:", "Report:", "19: Report: is not a key of this file; did you mean `report`?"),
    "a key cut short": ("language:", "lang:", "2: lang: is not a key of this file; did you mean `language`?"),
    "another word for a key": (
        "annotations:",
        "events:",
        "24: events: is not a key of this file; did you mean `annotations`?",
    ),
    "another word for a rule": (
        "{between: [0.01, 0.02]}",
        "{min: 0.01}",
        "15: targets.vk.er_post.min: is not a key of this file; did you mean `at_least`?",
    ),
    "a key in the wrong place": (
        "  hour: 9\n",
        "hour: 9\n",
        "23: hour: is a key of `report`: write it below `report:`, indented",
    ),
    "a key of the file within a part": (
        "  hour: 9\n",
        "  hour: 9\n  currency: RUB\n",
        "24: report.currency: is a key of the whole file: begin it in the first column",
    ),
    "a key that is nobody's": (
        "plans:",
        "colour:",
        "18: colour: is not a key of this file; the keys here are name, language, time_zone, currency, started,"
        " paused, ended, sources, leads, targets, plans, report, annotations",
    ),
    "a key that is missing": (
        "currency: RUB\n",
        "",
        "1: currency: is missing: add `currency: RUB`, for example",
    ),
    "a misspelt key of a source": (
        "connection: ga4_yarko",
        "conection: ga4_yarko",
        "9: sources.ga4.conection: conection is not a key of a ga4 source; did you mean `connection`?",
    ),
    "a key of a source without a space": (
        "property: 310123456",
        "property:310123456",
        "9: sources.ga4.property:310123456: is key and value in one: write a colon and a space between them,"
        " `property: 310123456`",
    ),
    "a part of the leads in the singular": (
        "calls: figures",
        "call: figures",
        "12: leads.call: is not a key of this file; did you mean `calls`?",
    ),
    "a comma in text": (
        "text: A contest",
        "text: A contest, prizes and fun",
        "25: annotations.0.prizes and fun: is not a key of this file; if it belongs to the text before the comma, put"
        " quotes around all of it",
    ),
    # values
    "nothing": ("currency: RUB", "currency:", "4: currency: is empty: write `currency: RUB`, for example"),
    "nothing where something may be": (
        "letters: [missed, monthly]",
        "letters:",
        "22: report.letters: is empty: write `letters: [missed, monthly]`, for example, or take it out",
    ),
    "a source without keys": (
        "ga4: {connection: ga4_yarko, property: 310123456}",
        "ga4:",
        "9: sources.ga4: is empty: write its keys below it, indented, or take it out",
    ),
    "a rule without a number": (
        "{between: [0.01, 0.02]}",
        "{at_least: }",
        "15: targets.vk.er_post: at_least is empty: write its value",
    ),
    "a name that is a comment": (
        "name: Yarko",
        "name: #1 Yarko",
        "1: name: is empty, because a # begins a comment: put quotes around text that has one",
    ),
    "a name that is a number": ("name: Yarko", "name: 7", '1: name: must be text, found 7: put quotes around it, "7"'),
    "a long name": ("name: Yarko", f"name: {'x' * 201}", "1: name: has 201 characters: write at most 200"),
    "a zone that is a number": (
        "time_zone: Europe/Moscow",
        "time_zone: +3",
        "3: time_zone: must be text, found 3: write `time_zone: Europe/Moscow`, for example",
    ),
    "a language in capitals": (
        "language: ru",
        "language: RU",
        "2: language: must be one of en, ru, sv, found 'RU'; did you mean `ru`?",
    ),
    "no language": ("{ceo@yarko.example: en}", "{ceo@yarko.example: }", "20: report.to.1: must be one of en, ru, sv"),
    "a letter without brackets": (
        "letters: [missed, monthly]",
        "letters: missed",
        "22: report.letters: must be a list, found 'missed': put square brackets around it, [missed]",
    ),
    "a letter in two words": (
        "letters: [missed, monthly]",
        "letters: [at risk]",
        "22: report.letters.0: must be one of missed, monthly, weekly, certain_miss, at_risk, back_on_track, found"
        " 'at risk'; did you mean `at_risk`?",
    ),
    "two addresses in one": (
        "[owner@yarko.example, {ceo@yarko.example: en}]",
        "[owner@yarko.example; ceo@yarko.example]",
        "found 'owner@yarko.example; ceo@yarko.example': write a comma between two addresses",
    ),
    "an address with a name": (
        "manager: anna@agency.example",
        "manager: Anna <anna@agency.example>",
        "found 'Anna <anna@agency.example>': write the address alone, anna@agency.example",
    ),
    "the address of a community": (
        "community: 174905001",
        "community: https://vk.com/club174905001",
        "10: sources.vk.community: must be the community's number, such as 174905001, found"
        " 'https://vk.com/club174905001': write 174905001",
    ),
    "a community as the API has it": (
        "community: 174905001",
        "community: -174905001",
        "10: sources.vk.community: must be the community's number, such as 174905001, found -174905001: write"
        " 174905001",
    ),
    "a community as a table program has it": (
        "community: 174905001",
        "community: 174905001.0",
        "10: sources.vk.community: must be the community's number, such as 174905001, found 174905001.0: a table"
        " program changed it; copy it again from the community's settings",
    ),
    "an account without its last digits": (
        "  vk: {",
        "  instagram: {connection: meta_yarko, account: 1.78E+16}\n  vk: {",
        "sources.instagram.account: must be the account's number, such as 17841404905001001, found 1.78e+16: a table"
        " program changed it; copy it again from Meta's answer",
    ),
    "a Page by its name": (
        "  vk: {",
        "  facebook: {connection: meta_yarko, page: My Page}\n  vk: {",
        "sources.facebook.page: must be the Page's number, such as 104905001000001, found 'My Page': it stands in the"
        " Page's About, Page transparency, as Page ID",
    ),
    "a Page by its address": (
        "  vk: {",
        "  facebook: {connection: meta, page: 'https://www.facebook.com/profile.php?id=104905001000001'}\n  vk: {",
        ": write 104905001000001",
    ),
    "a connection that Airflow cannot have": (
        "connection: vk_yarko",
        "connection: vk yarko",
        "sources.vk.connection: must be the id of an Airflow connection, such as vk_yarko: letters, digits and _, found"
        " 'vk yarko'",
    ),
    "a measure in place of a KPI": (
        "  all.sessions: {",
        "  vk.likes: {",
        "targets.vk.likes: no KPI is called 'likes', it is a measure; KPIs that are counted from it: er_day,"
        " er_account",
    ),
    "a KPI that not every network has": (
        "  all.sessions: {",
        "  comment_response_minutes: {",
        "has no network of its own; write facebook.comment_response_minutes or another network",
    ),
    "a source in capitals": (
        "  ga4: {",
        "  GA4: {",
        "9: sources.GA4: must be in small letters: write ga4",
    ),
    "leads of a misspelt source": (
        "calls: figures",
        "calls: figurs",
        "12: leads.calls: 'figurs' is not a source of this client; did you mean `figures`?",
    ),
    "growth over a misspelt word": (
        "over: previous_month",
        "over: Previous month",
        "16: targets.all.sessions.over: must be previous_month, baseline, year_ago or a number, found 'Previous month';"
        " did you mean `previous_month`?",
    ),
    "growth over a list": (
        "over: previous_month",
        "over: [5]",
        "16: targets.all.sessions.over: must be previous_month, baseline, year_ago or a number, found a list",
    ),
    "an event of no network": (
        "network: vk,",
        "network: vkk,",
        "25: annotations.0.network: 'vkk' is not a network; did you mean `vk`?",
    ),
    "true or false": (
        "compare: false",
        "compare: nope",
        "25: annotations.0.compare: must be true or false, found 'nope': write `compare: false`, for example",
    ),
}


@pytest.mark.parametrize(("before", "after", "message"), TOLD.values(), ids=TOLD)
def test_a_mistake_says_what_to_write_and_nothing_follows_from_it(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    assert before in GOOD
    told = refused(tmp_path, GOOD.replace(before, after, 1))
    assert len(told) == 1
    assert message in told[0]


def test_a_key_that_is_none_hides_no_mistake_beside_it(tmp_path: Path) -> None:
    told = refused(tmp_path, GOOD.replace("community: 174905001", "community: your club, sx: 3"))
    assert [line.partition(": ")[2].partition(":")[0] for line in told] == ["sources.vk.community", "sources.vk.sx"]
    missing = refused(tmp_path, GOOD.replace("community: 174905001", "sx: 3"))
    assert [line.partition("sources.")[2] for line in missing] == [
        "vk: community is missing: a vk source needs connection and community",
        "vk.sx: sx is not a key of a vk source; the keys here are connection, community, audience",
    ]


def test_an_empty_file_says_what_it_needs(tmp_path: Path) -> None:
    told = ["1: is empty: it needs name, language, time_zone, currency, started, sources, report"]
    assert refused(tmp_path, "") == refused(tmp_path, "# nothing yet\n") == told


ODD: list[Any] = [None, "", "x" * 300, "a\nb", -1, 1.5, 10**30, float("nan"), True]
ODD += [[], [None], [1, 2, 3], [[]], {}, {"x": 1}, {"5%": None}]
LIBRARY = re.compile(
    r"input|should|valid (?!email)|integer|string|boolean|dictionary|\bdecimal|datetime|pattern|instance|function|Field"
    r"|validation|\bparse|NoneType|None|True|False|\bdict\b|\bint\b|\bstr\b|\(\)"
)


def places(content: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in content.items() if isinstance(content, dict) else enumerate(content):
        yield (*place, key)
        if isinstance(value, dict | list):
            yield from places(value, (*place, key))


def changed(content: Any, place: tuple[Any, ...], value: Any) -> Any:
    key, *rest = place
    copy = dict(content) if isinstance(content, dict) else list(content)
    copy[key] = changed(copy[key], tuple(rest), value) if rest else value
    return copy


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:12])
def test_no_value_is_told_in_the_words_of_the_library(tmp_path: Path, odd: Any) -> None:
    """Each value of both files in turn is something else."""
    loaded = yaml.load(GOOD, yaml.CSafeLoader)
    told: list[str] = []
    for place in places(loaded):
        told += refused(tmp_path, yaml.dump(changed(loaded, place, odd), Dumper=yaml.CSafeDumper))
    for place in places(yaml.safe_load(AGENCY)):
        (tmp_path / agency.NAME).write_text(yaml.safe_dump(changed(yaml.safe_load(AGENCY), place, odd)), "utf-8")
        told += [mistake.message for mistake in agency.mistakes(tmp_path)]
    assert [text for text in told if LIBRARY.search(text)] == []


AGENCIES = {
    "nothing": ("", "_agency.yml:1: is empty: it needs name"),
    "a misspelt key": (
        "name: A\ncolor: '#0b6e99'",
        "_agency.yml:2: color: is not a key of this file; did you mean `colour`?",
    ),
    "a colour without quotes": (
        "name: A\ncolour: #0b6e99",
        "_agency.yml:2: colour: is empty, because a # begins a comment: put quotes around text that has one",
    ),
    "a logo that is not there": (
        "name: A\nlogo: logo.png",
        "_agency.yml:2: logo: there is no file 'logo.png' beside _agency.yml: put it there",
    ),
    "one operator": (
        "name: A\noperators: ops@agency.example",
        "_agency.yml:2: operators: must be a list, found 'ops@agency.example': put square brackets around it,"
        " [ops@agency.example]",
    ),
    "hours with their unit": (
        "name: A\ndraft_hours: 2h",
        "_agency.yml:2: draft_hours: must be a whole number from 0 to 168, found '2h': write `draft_hours: 4`, for"
        " example",
    ),
}


@pytest.mark.parametrize(("text", "message"), AGENCIES.values(), ids=AGENCIES)
def test_a_mistake_of_the_agencys_file_says_what_to_write(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / agency.NAME).write_text(text)
    assert [str(mistake) for mistake in agency.mistakes(tmp_path)] == [message]
