"""Airflow's own api-server app with the board in it, and people with its roles."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.testclient import TestClient

HTML = {"accept": "text/html"}


@pytest.fixture(scope="session")
def airflow_app(airflow_database: None, tmp_path_factory: pytest.TempPathFactory) -> "FastAPI":
    """As `airflow api-server` builds it, plugins included, with Airflow's simple logins."""
    from airflow.api_fastapi.app import create_app

    return create_app(apps="core")


@pytest.fixture
def visitor(airflow_app: "FastAPI") -> Callable[[str | None], "TestClient"]:
    """A browser of somebody with this role of Airflow's (viewer, user, op, admin); None = nobody logged in."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from starlette.testclient import TestClient

    def visit(role: str | None) -> TestClient:
        browser = TestClient(airflow_app, base_url="http://airflow.example", headers=HTML, follow_redirects=False)
        if role:
            manager = get_auth_manager()
            token = manager.generate_jwt(SimpleAuthManagerUser(username=f"a {role}", role=role))
            browser.cookies.set("_token", token)
        return browser

    return visit
