"""Airflow's own api-server app with the board in it, and people with its roles."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.testclient import TestClient

HTML = {"accept": "text/html"}


ROLES = ("viewer", "user", "admin")  # of Airflow's simple logins; each one's name and password are the role


@pytest.fixture(scope="session")
def airflow_app(airflow_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator["FastAPI"]:
    """As `airflow api-server` builds it, plugins included, with Airflow's simple logins."""
    from airflow.api_fastapi.app import create_app

    passwords = tmp_path_factory.mktemp("logins") / "passwords.json"
    passwords.write_text(json.dumps({role: role for role in ROLES}))
    with pytest.MonkeyPatch.context() as patched:
        users = ",".join(f"{role}:{role}" for role in ROLES)
        patched.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", users)
        patched.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", str(passwords))
        yield create_app(apps="core")


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
