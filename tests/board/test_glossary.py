"""The glossary: each word for a verdict or a reason is explained in each language."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from smm.files import languages
from smm.letters.words import words
from tests.board.rows import Page

if TYPE_CHECKING:
    from starlette.testclient import TestClient

Visit = Callable[[str | None], "TestClient"]


@pytest.mark.parametrize("language", languages.known())
def test_every_verdict_and_reason_is_explained_in_each_language(visitor: Visit, language: str) -> None:
    answer = visitor("viewer").get("/board/glossary", params={"language": language})
    said = words(language)
    assert answer.status_code == 200
    places = set(re.findall(r'<div id="([a-z_-]+)">', answer.text))
    assert {f"verdict-{name}" for name in said.entries["verdicts"]} <= places
    assert {f"reason-{name}" for name in said.entries["reasons"]} <= places
    text = Page(answer.text).text
    assert [word for word in said.entries["verdicts"].values() if word not in text] == []
    assert said.say("glossary.unknown") in text
    assert f'<div lang="{language}">' in answer.text


def test_a_word_that_the_board_uses_is_that_of_the_glossary(visitor: Visit) -> None:
    text = Page(visitor("viewer").get("/board/glossary").text).text
    assert "✕ can no longer be met The month is still running, but even days like the best ones" in text
    assert "? not certain There is a number, but it is not certain enough to judge by." in text


def test_a_language_that_no_letter_has_is_refused(visitor: Visit) -> None:
    assert visitor("viewer").get("/board/glossary?language=xx").status_code == 400
