"""Comments as a script: what people and a page wrote below a post, as Facebook and as Instagram list it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = dict[str, Any]
SOMEBODY = "20000000000000001"


@dataclass(frozen=True)
class Wrote:
    """``parent``: the comment that it answers. ``author`` None: Meta does not say."""

    name: str
    at: datetime
    author: str | None = SOMEBODY
    parent: str | None = None


Talks = dict[str, list[Wrote]]
"""By the name of the post."""


def stream(said: list[Wrote], fields: Json) -> Json:
    """Facebook's one list with all answers in it, if it is asked so."""
    assert (fields["filter"], fields["order"]) == ("stream", "reverse_chronological")
    assert fields["fields"] == "id,created_time,from{id},parent{id}", "no text, and no name"
    shown = [_shown(one, "created_time") | ({"parent": {"id": one.parent}} if one.parent else {}) for one in _new(said)]
    return _page(shown, fields, 100)


def nested(said: list[Wrote], fields: Json) -> Json:
    """Instagram's list of comments, each with the first of its answers."""
    assert fields["fields"] == "id,timestamp,from{id},replies.limit(50){id,timestamp,from{id}}", "no text, and no name"
    shown = []
    for one in _new(said):
        if one.parent is None:
            below = answers(said, one.name, {"limit": "50", "fields": "id,timestamp,from{id}"})
            shown.append(_shown(one, "timestamp") | ({"replies": below} if below["data"] else {}))
    return _page(shown, fields, 50)


def answers(said: list[Wrote], name: str, fields: Json) -> Json:
    """Instagram's answers to one comment."""
    assert fields["fields"] == "id,timestamp,from{id}"
    return _page([_shown(one, "timestamp") for one in _new(said) if one.parent == name], fields, 50)


def _new(said: list[Wrote]) -> list[Wrote]:
    return sorted(said, key=lambda one: one.at, reverse=True)


def _shown(one: Wrote, written_at: str) -> Json:
    author = {"from": {"id": one.author}} if one.author else {}
    return {"id": one.name, written_at: f"{one.at:%Y-%m-%dT%H:%M:%S}+0000"} | author


def _page(shown: list[Json], fields: Json, most: int) -> Json:
    """The last page has a cursor, too."""
    begin, end = (begin := int(fields.get("after", "0"))), begin + int(fields["limit"])
    assert int(fields["limit"]) <= most
    paging: Json = {"cursors": {"before": str(begin), "after": str(end)}}
    if end < len(shown):
        paging["next"] = f"https://graph.facebook.com/v26.0/next?access_token=EAA&after={end}"
    return {"data": shown[begin:end], "paging": paging} if shown else {"data": []}
