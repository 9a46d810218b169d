"""What was done in a month, in words: counts beside the plan, events, posts, whose texts are text and nothing else."""

from typing import Any

import pytest
from pydantic import ValidationError

from smm.letters.content import Content, ForeignNumberError
from smm.letters.done import excerpt
from smm.letters.publications import Publication
from smm.letters.render import render
from tests.letters.examples import content, judged
from tests.letters.kinds import CLIENT, posted, publications
from tests.letters.test_render import HOSTILE, Page, plain


def told(language: str = "en", **values: Any) -> str:
    """The part of the letter's text."""
    letter = content(judged(), publications=(publications(**values),))
    text = plain(render(letter, language).text)
    return text.partition(HEADS[language])[2].partition("\n\n\n")[0]


HEADS = {"en": "WHAT WE DID\n", "ru": "ЧТО МЫ СДЕЛАЛИ\n", "sv": "VAD VI HAR GJORT\n"}
NOTHING = {"best": (), "weakest": None, "by": None}


def number(value: int | None, reason: str | None = None, **marks: Any) -> dict[str, Any]:
    return {**CLIENT, "value": value, "reason": reason, "marks": marks or None}


def test_everything() -> None:
    best = (posted("30", 3, 2210, text="Fresh bread"), posted("36", 9, 1904, is_late=True, link=None))
    weakest = posted("39", 17, 120, is_repost=True)
    assert told(best=best, weakest=weakest).startswith(
        """
- VK: 11 posts published (Plan: 18 · September 2025: 15 · October 2024: 14)

VK: the 2 best posts by reach
Each post is counted over at most its first 7 days.
- October 3: Fresh bread
  Reach 2,210 · views 4,420 · likes 110 · comments 24 · reposts 11
  https://vk.com/wall-1_30
- October 9 (counted later than 7 days after publication)
  Reach 1,904 · views 3,808 · likes 95 · comments 21 · reposts 9

VK: the weakest post by reach
- October 17 (reposted from another page)
  Reach 120 · views 240 · likes 6 · comments 1 · reposts 0
  https://vk.com/wall-1_39
"""
    )


@pytest.mark.parametrize(
    ("count", "language", "line"),
    [
        (number(0), "en", "- VK: no posts published"),
        (number(1), "en", "- VK: 1 post published"),
        (number(0), "ru", "- ВКонтакте: записей не было"),
        (number(21), "ru", "- ВКонтакте: опубликована 21 запись"),
        (number(3), "ru", "- ВКонтакте: опубликовано 3 записи"),
        (number(1), "sv", "- VK: 1 inlägg publicerat"),
        (
            number(None, "no_access"),
            "en",
            "- VK: the number of posts is not known, because we have no access to this number",
        ),
        (number(9, is_incomplete=True, known_days=30, days=31), "en", "- VK: 9 posts published (30 of 31 days)"),
    ],
)
def test_how_many(count: dict[str, Any], language: str, line: str) -> None:
    values = {"before": number(None, "no_access"), "year_ago": number(None, "no_access"), "planned": None, **NOTHING}
    assert told(language, count=count, **values).splitlines()[1] == line


def test_a_target_on_posts_is_their_plan_where_the_client_lists_none() -> None:
    letter = content(judged("vk.posts", "met", 11, low=10), publications=(publications(planned=None),))
    assert "VK: 11 posts published (Plan: at least 10 · " in plain(render(letter, "en").text)


def test_unknown_counters_are_left_out_and_are_no_zero() -> None:
    post = posted("30", 3, 10) | {"reach": None, "views": None, "reposts": None}
    found = told(best=(post,), weakest=None, by="reactions")
    assert "VK: the best post by likes, comments and reposts\n" in found
    assert "\n  Likes 0 · comments 0\n" in found


def test_posts_that_are_all_late_say_so_once() -> None:
    best = tuple(posted(str(day), day, 900 - day, is_late=True) for day in (3, 4, 5))
    found = told(best=best, weakest=posted("6", 6, 9, is_late=True))
    assert "best posts by reach\nAll of these posts were counted later than 7 days after publication.\n" in found
    assert "(counted later" not in found
    assert "at most its first 7 days" not in found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Fresh bread\n\nevery day", "Fresh bread every day"),
        ("", ""),
        ("Read https://evil.example/a?b=c now", "Read … now"),
        ("https://evil.example", ""),
        ("www.evil.example or me@evil.example, or https://x.y (http://x.y)", "… or … or …"),
        ("Мы на ул.Ленина, сайт evil.example/a", "Мы на ул.\u200bЛенина, сайт evil.\u200bexample/a"),
        ("Цена 3.50, т.е. дёшево! Ждём.", "Цена 3.50, т.е. дёшево! Ждём."),
        ("bell\x07 \u202eright to left", "bell right to left"),
        ("👨\u200d👩\u200d👧 family", "👨\u200d👩\u200d👧 family"),
        ("word " * 50, ("word " * 28).strip() + "…"),
        ("ж" * 200, "ж" * 140 + "…"),
    ],
)
def test_how_a_post_begins(text: str, shown: str) -> None:
    assert excerpt(text) == shown


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
def test_the_text_of_a_post_is_text_and_nothing_else(language: str) -> None:
    letters = (
        content(judged(), publications=(publications(best=(posted("30", 3, 9, text=text),), weakest=None),))
        for text in (HOSTILE, "Bread")
    )
    hostile, harmless = (render(letter, language) for letter in letters)
    page, wanted = Page(hostile.html), Page(harmless.html)
    assert page.tags == wanted.tags
    assert page.attributes["href"] == wanted.attributes["href"] == ["https://vk.com/wall-1_30"]
    assert page.attributes.get("src") == wanted.attributes.get("src")
    assert "<script>alert(1)</script></mj-text><img" in page.text
    for outside in (hostile.html, hostile.text):
        assert "evil.example" not in outside


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://vk.com/wall-1_3", "//vk.com", "data:text/html,x"])
def test_a_post_leads_nowhere_but_to_https(link: str) -> None:
    with pytest.raises(ValidationError, match="leads elsewhere"):
        Publication.model_validate(posted("3", 3, 9, link=link))


def test_a_letter_of_earlier_versions_has_no_posts_and_its_events_as_before() -> None:
    event = {**CLIENT, "first_day": "2025-10-13", "last_day": "2025-10-22", "network": "vk", "text": "Contest"}
    stored = content(judged(), events=(event,)).model_dump(mode="json")
    older = Content.model_validate({key: stored[key] for key in stored.keys() - {"publications", "pictures"}})
    assert "WHAT WE DID\n\n- Oct 13 – 22, VK: Contest\n" in plain(render(older, "en").text)


@pytest.mark.parametrize("where", ["publications", "pictures"])
def test_another_clients_posts_stop_the_letter(where: str) -> None:
    foreign = publications(best=(posted("3", 3, 9, client="nordlys"),))
    picture = {"client": "nordlys", "name": "vk/3", "jpeg": ""}
    with pytest.raises(ForeignNumberError, match="nordlys"):
        content(judged(), **{where: (foreign if where == "publications" else picture,)})
