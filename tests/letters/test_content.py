"""The content: whose numbers it holds, and that it survives the outbox."""

import json

import pytest

from smm.letters.content import Content, ForeignNumberError
from tests.letters.examples import content, judged

EVENT = {"client": "yarko", "first_day": "2025-10-13", "last_day": "2025-10-22", "network": None, "text": "Holiday"}
COST = {"client": "yarko", "measure": "fee", "value": "30000"}


@pytest.mark.parametrize(
    "parts",
    [
        {"targets": (judged(), judged(client="nordlys"))},
        {"events": ({**EVENT, "client": "nordlys"},)},
        {"costs": ({**COST, "client": "nordlys"},)},
    ],
    ids=["target", "event", "cost"],
)
def test_another_clients_part_is_refused_when_written_and_when_read(parts: dict[str, object]) -> None:
    with pytest.raises(ForeignNumberError, match="a letter to yarko would show what belongs to nordlys"):
        content(**parts)
    stored = json.loads(content(judged(), events=(EVENT,), costs=(COST,)).model_dump_json())
    for name in parts:
        stored[name][0]["client"] = "nordlys"
    with pytest.raises(ForeignNumberError):
        Content.model_validate(stored)


def test_content_comes_back_from_json_as_it_was() -> None:
    letter = content(judged(value="0.012345678901234567"), events=(EVENT,), costs=(COST,))
    assert Content.model_validate(json.loads(letter.model_dump_json())) == letter
