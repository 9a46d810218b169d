"""What holds a letter back, and what does not."""

import re

import pytest

from smm.letters.charts import Picture
from smm.letters.content import Content
from smm.letters.guard import Unfit, check
from smm.letters.render import render
from smm.letters.sheet import Attachment
from tests.letters.examples import content, judged
from tests.letters.months import history

CHART = Picture("chart@smm", b"png", "Reach: 11,873")
HTML = '<style>p{color:red}</style><table><tr><td>Reach <img src="cid:chart@smm" alt="Reach: 11,873"></td></tr></table>'


@pytest.mark.parametrize(
    ("html", "text", "pictures", "reason"),
    [
        (HTML, "x", [], "the picture chart@smm is missing"),
        ("<p>Reach</p>", "x", [CHART], "the picture chart@smm is attached but not shown"),
        (HTML + "{{ letter.name }}", "x", [CHART], "'{{' is left in its HTML"),
        (HTML + "{% if %}", "x", [CHART], "'{%' is left in its HTML"),
        (HTML.replace("11,873", "{value}"), "x", [CHART], "'{value}' is left in its HTML"),
        (HTML, "Plan: None", [CHART], "'None' is left in its text"),
        (HTML, "Plan: nan", [CHART], "'nan' is left in its text"),
        (HTML + "<table><tr><td> </td></tr></table>", "x", [CHART], "a table in it is empty"),
        (HTML + '<a href="javascript:alert(1)">x</a>', "x", [CHART], "a link in it leads to 'javascript:alert(1)'"),
        (HTML + "<a>x</a>", "x", [CHART], "a link in it leads to ''"),
        (
            HTML + "<p>x</p>" * 12_500,
            "x",
            [CHART],
            "its HTML has 100,111 bytes, and mail clients cut off",
        ),
        (
            HTML,
            "x",
            [Picture("chart@smm", bytes(360_000), "")],
            "the mail has 504,157 bytes, and the limit is",
        ),
    ],
)
def test_an_unfit_letter_is_told_why(html: str, text: str, pictures: list[Picture], reason: str) -> None:
    with pytest.raises(Unfit, match=re.escape(reason)):
        check("Yarko: October", html, text, pictures, None)


def test_the_subject_is_looked_at_too_and_the_workbook_counts() -> None:
    with pytest.raises(Unfit, match="'{month}' is left in its subject"):
        check("Yarko: {month}", HTML, "x", [CHART], None)
    with pytest.raises(Unfit, match="the mail has"):
        check("Yarko", HTML, "x", [CHART], Attachment("x.xlsx", bytes(400_000)))


def test_a_fit_letter_passes() -> None:
    check("Nancy: October", HTML, "Banana, {}", [CHART], Attachment("x.xlsx", b"x"))


def test_what_people_write_is_no_placeholder() -> None:
    def letter(text: str) -> Content:
        event = {"client": "yarko", "first_day": "2025-10-13", "last_day": "2025-10-22", "network": "vk", "text": text}
        return content(judged(network=f"{text}1", history=history((1, 2))), name=f"{text}2", events=(event,))

    for text in ("None {n}", "{{ 7*7 }}", "{% raw %}\u202e nan \u200d"):
        rendered = render(letter(text), "en", comment=f"{text}\n\nsecond {text}", next_steps=text)
        with pytest.raises(Unfit):
            check(rendered.subject, rendered.html, rendered.text, rendered.pictures, rendered.sheet)


def test_what_people_write_is_none_in_a_paragraph_a_sum_or_a_plan_either() -> None:
    days = {"client": "yarko", "first_day": "2025-10-13", "last_day": "2025-10-22"}
    event = days | {"network": None, "text": "Nothing {n} but None."}
    costs = [{"client": "yarko", "measure": name, "network": f"{name} nan", "value": 5} for name in ("spend", "fee")]
    asked = judged("vk.reach", "not_due", None, network="None {of}")
    target = judged(happened=({**event},))
    rendered = render(content(target, costs=(*costs, {**costs[0], "network": "nan"}), upcoming=(asked,)), "en")
    for told in ("Nothing {n} but None.", "spend nan", "None {of}"):
        assert told in rendered.text


def test_a_name_of_one_letter_hides_nothing() -> None:
    with pytest.raises(Unfit, match="'None' is left in its text"):
        check("n", "<p>n: 5</p>", "n: None", [], None, ["n"])
