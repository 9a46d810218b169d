"""What Meta says unasked: none of it gets to the archive, and what was asked for is kept as it was."""

from datetime import UTC, datetime
from typing import Any

import pytest

from smm.sources.graph import fields
from smm.sources.graph.fields import NUMBER, PLAIN, plain
from tests.sources.facebook import page
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import Asked
from tests.sources.instagram import account

NOON = datetime(2024, 3, 10, 12, tzinfo=UTC)
TEXT = "my phone is 555"
PERSON = {"id": "20000000000000001", "name": "Boris"}


@pytest.mark.parametrize(
    ("said", "of", "kept"),
    [
        ({"id": "7", "message": TEXT}, plain("id"), {"id": "7"}),
        ({"id": PERSON}, plain("id"), {"id": None}),
        ({"data": [{"id": "7", "from": PERSON}, TEXT]}, {"data": plain("id")}, {"data": [{"id": "7"}, None]}),
        ({"data": TEXT}, {"data": plain("id")}, {"data": None}),
        ({"shares": {"count": 3, "by": [PERSON]}}, {"shares": plain("count")}, {"shares": {"count": 3}}),
        (5, NUMBER, 5),
        (TEXT, NUMBER, None),
        ({"like": 5, "love": TEXT, "by": [PERSON]}, NUMBER, {"like": 5, "love": None, "by": None}),
        (["FOLLOWER", PERSON], PLAIN, ["FOLLOWER", None]),
        ({}, plain("id"), {}),
    ],
)
def test_only_what_is_listed_is_kept(said: Any, of: fields.Fields, kept: Any) -> None:
    assert fields.only(said, of) == kept


def chatty(said: Any) -> Any:
    """The same, with texts and people in each object but those of numbers by kind."""
    if isinstance(said, list):
        return [chatty(one) for one in said]
    if isinstance(said, dict):
        more = {"message": TEXT, "caption": TEXT, "title": TEXT, "from": PERSON, "data ": [PERSON]}
        return {key: value if key == "value" else chatty(value) for key, value in said.items()} | more
    return said


def test_of_a_page_nothing_else_is_archived(graph_far_end: Serve) -> None:
    plain_page = page.Page([page.listed(7, NOON)])
    reactions = {"data": [PERSON], "summary": {"total_count": 5, "message": TEXT}}
    told = page.Page([chatty(page.listed(7, NOON)) | {"reactions": reactions}])

    def says(asked: Asked) -> Any:
        if asked.path == str(page.PAGE) and asked.fields["fields"] != "access_token":
            return {"id": str(page.PAGE), "name": "Boris", "followers_count": 7, "about": TEXT}
        return chatty(plain_page(asked)) if asked.path.endswith("/insights") else None

    told.says = says
    found, expected = page.loaded(graph_far_end(told)), page.loaded(graph_far_end(plain_page))
    archived = "".join(f"{one.request}{one.context}{one.body.decode()}" for one in found.answers)
    for secret in (TEXT, "Boris", PERSON["id"]):
        assert secret not in archived
    assert found.known == expected.known
    numbers = [row | {"fetched_at": None} for row in found.named["posts"]]
    assert numbers == [row | {"fetched_at": None} for row in expected.named["posts"]]
    assert found.named["counts"] == expected.named["counts"]


def test_of_an_account_nothing_else_is_archived(graph_far_end: Serve) -> None:
    plain_account = account.Account([account.listed(7, NOON)])
    told = account.Account([chatty(account.listed(7, NOON))])

    def says(asked: Asked) -> Any:
        if asked.path == str(account.ACCOUNT):
            return {"id": str(account.ACCOUNT), "username": "boris", "followers_count": 5, "biography": TEXT}
        return chatty(plain_account(asked)) if asked.path.endswith("/insights") else None

    told.says = says
    found, expected = account.loaded(graph_far_end(told)), account.loaded(graph_far_end(plain_account))
    archived = "".join(f"{one.request}{one.context}{one.body.decode()}" for one in found.answers)
    for secret in (TEXT, "boris", PERSON["id"]):
        assert secret not in archived
    assert found.known == expected.known
    of_days = [row for row in found.named["counts"] if row["measure"] != "followers"]
    assert of_days == [row for row in expected.named["counts"] if row["measure"] != "followers"]
