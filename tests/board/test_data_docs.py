"""Of Data Docs only the pages of a run are served, and their scripts reach nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

if TYPE_CHECKING:
    from httpx import Response
    from starlette.testclient import TestClient

RUN = "ingest_ga4-manual__2026-05-01T05-00-00-00-00"
RESULT = "validations/traffic/__none__/20260501T050000.1Z/staging-traffic.html"
Ask = Callable[[str], "Response"]


@pytest.fixture
def ask(
    visitor: Callable[[str | None], "TestClient"], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], "Response"]:
    """Ask for a page of Data Docs, in an archive with those of one run and a secret beside them."""
    archive = tmp_path / "archive"
    for name in ("data_docs/secret", "secret", "vk/yarko/secret"):
        (archive / name).parent.mkdir(parents=True, exist_ok=True)
        (archive / name).write_text("secret")
    with ZipFile(archive / "data_docs" / f"{RUN}.zip", "w") as pages:
        pages.writestr(RESULT, "<html><head></head><body><script>act()</script></body></html>")
        pages.writestr("index.html", "<html>a script would fill it</html>")
        pages.writestr("static/images/a.svg", "<svg/>")
        pages.writestr("static/fonts/odd", "font")
    (tmp_path / "secret").write_text("secret")
    monkeypatch.setenv("SMM_ARCHIVE", archive.as_uri())
    return lambda path: visitor("viewer").get(f"/board/data-docs/{path}")


def test_a_page_is_served_as_it_was_written_with_a_stylesheet_of_ours(ask: Ask) -> None:
    answer = ask(f"{RUN}/{RESULT}")
    before, _, after = answer.text.partition('<link rel="stylesheet" href="/board/assets/data_docs.css?')
    assert before == "<html><head>"
    assert after.endswith('"></head><body><script>act()</script></body></html>')


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (RESULT, "text/html; charset=utf-8"),
        ("static/images/a.svg", "image/svg+xml"),
        ("static/fonts/odd", "application/octet-stream"),
    ],
)
def test_whatever_is_in_it_no_script_runs(ask: Ask, path: str, kind: str) -> None:
    answer = ask(f"{RUN}/{path}")
    assert answer.headers["content-type"] == kind
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    assert policy["sandbox"] == "allow-same-origin"
    assert policy["default-src"] == policy["form-action"] == "'none'"
    assert "script-src" not in policy
    assert "http" not in " ".join(policy.values())


def test_the_index_is_ours_and_names_the_relations(ask: Ask) -> None:
    text = ask(f"{RUN}/index.html").text
    assert "a script would fill it" not in text
    assert f'<a href="/board/data-docs/{RUN}/{RESULT}">traffic</a>' in text


@pytest.mark.parametrize(
    "path",
    [
        f"{RUN}/..%2fsecret",
        f"{RUN}/%2e%2e/secret",
        f"{RUN}/%2e%2e%2fsecret",
        f"{RUN}/%252e%252e/secret",
        f"{RUN}/..%5csecret",
        f"{RUN}/static/..%2f..%2f..%2fsecret",
        f"{RUN}/%2fetc%2fpasswd",
        f"{RUN}//etc/passwd",
        f"{RUN}/file:%2f%2f%2fetc%2fpasswd",
        f"{RUN}/%2e",
        f"{RUN}/",
        f"{RUN}/static",
        "%2e%2e/secret",
        "%2e%2e%2fsecret",
        "%2e/secret",
        "%2e%2e/vk/yarko/secret",
        "..%2fvk/yarko/secret",
        "nowhere/index.html",
    ],
)
def test_nothing_beside_the_folder_of_a_run_is_served(ask: Ask, path: str) -> None:
    answer = ask(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text
    assert "root:" not in answer.text
