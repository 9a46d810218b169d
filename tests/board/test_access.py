"""Nothing of the board is shown to anybody without Airflow's permission, whatever the route."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from smm.warehouse import Connection

Visit = Callable[[str | None], "TestClient"]


def routes() -> Iterator[tuple[str, str]]:
    """Every method and path that the board answers, with something for each parameter."""
    from fastapi.routing import APIRoute

    from smm.board.app import build

    for route in build().routes:
        assert isinstance(route, APIRoute), f"{route} is no route that asks for permission"
        path = route.path
        for name in route.param_convertors:
            path = path.replace(f"{{{name}}}", "x").replace(f"{{{name}:path}}", "x")
        for method in route.methods:
            yield method, f"/board{path}"


def test_every_route_refuses_who_has_not_logged_in(visitor: Visit) -> None:
    asked = list(routes())
    nobody = visitor(None)
    assert len(asked) > 1
    assert {(method, path): nobody.request(method, path).status_code for method, path in asked} == dict.fromkeys(
        asked, 401
    )


def test_who_has_not_logged_in_is_told_where_to(visitor: Visit) -> None:
    page = visitor(None).get("/board/")
    assert 'href="/auth/login?next=/board/"' in page.text


def test_a_viewer_sees_the_board(visitor: Visit, warehouse: "Connection") -> None:
    answer = visitor("viewer").get("/board/")
    assert answer.status_code == 200
    assert "No client yet" in answer.text


@pytest.mark.parametrize("header", ["content-security-policy", "x-content-type-options", "cache-control"])
def test_every_answer_guards_the_browser(visitor: Visit, header: str) -> None:
    assert header in visitor(None).get("/board/").headers
    assert header in visitor("viewer").get("/board/nowhere").headers
