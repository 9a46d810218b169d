"""Posts of a Page and of an account over real HTTP: what one of them costs the others, and lists that are cut."""

from datetime import timedelta
from typing import Any

import pytest

from smm.sources import Transient
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import NO_TIME, Asked, error
from tests.sources.graph.test_comments import FIRST, INSTAGRAM, LAST, NOON, Service, service

__all__ = ["service"]
BUSY = error(2, "Please retry", status=500)


@pytest.mark.parametrize("count", [1, 2, 52, 60])
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("busy", [BUSY, error(1, "An unknown error", status=500), NO_TIME], ids=["2", "1", "null"])
def test_a_post_that_meta_is_always_busy_for_is_unknown_alone(
    graph_far_end: Serve, service: Service, count: int, busy: Any, last: bool
) -> None:
    numbers = range(7, 7 + count)
    one = numbers[-1 if last else 0]
    script = service.posts(
        {service.name(at): [] for at in numbers},
        lambda asked: busy if asked.path == f"{service.name(one)}/insights" else None,
    )
    found = service.loaded(graph_far_end(script))
    assert {row["post_id"]: row["views"] is None for row in found.named["posts"]} == {at: at == one for at in numbers}
    _, lacking = found.known_of("post_reach")
    assert str(lacking.reason).startswith(f"post {one}: ")
    assert "post_reach" in lacking.without


def test_where_meta_is_busy_for_all_posts_the_load_is_tried_again(graph_far_end: Serve, service: Service) -> None:
    script = service.posts(
        {service.name(at): [] for at in range(60)}, lambda asked: BUSY if asked.path.endswith("/insights") else None
    )
    with pytest.raises(Transient):
        service.loaded(graph_far_end(script))
