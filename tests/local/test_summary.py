from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local import up
from local.stack import Stack
from local.summary import Difference, Judged, Summary, are_equal, shown, table

JUDGED = Judged("yarko", "vk", "followers", "plan", 1500, 1432, "missed")
LETTER = Path("000001-owner@yarko.example.eml")


def summary(**changed: object) -> Summary:
    whole = {"month": date(2026, 6, 1), "judged": [JUDGED], "known": 1, "differences": [], "letters": [LETTER]}
    return Summary(**(whole | changed))  # type: ignore[arg-type]


def test_a_demo_is_whole_when_its_kpis_are_true_and_a_letter_came() -> None:
    assert summary().is_whole


@pytest.mark.parametrize(
    "lack",
    [
        {"judged": []},
        {"known": 0},
        {"letters": []},
        {"differences": [Difference("yarko", "vk", "reach", 10, 11)]},
    ],
    ids=lambda lack: next(iter(lack)),
)
def test_a_demo_that_lacks_something_is_not(lack: dict[str, object]) -> None:
    assert not summary(**lack).is_whole


def test_a_replay_knows_no_truth_and_owes_no_letter() -> None:
    assert summary(known=None, letters=[]).is_whole


@pytest.mark.parametrize(
    ("computed", "true", "equal"),
    [(1 / 3, 0.333333333333, True), (0.3333, 1 / 3, False), (None, None, True), (None, 0, False), (0, None, False)],
)
def test_unknown_equals_unknown_only(computed: float | None, true: float | None, equal: bool) -> None:
    assert are_equal(computed, true) is equal


@pytest.mark.parametrize(
    ("number", "text"), [(None, "-"), (0, "0"), (0.01234567, "0.01235"), (999.5, "999.5"), (123456.7, "123,457")]
)
def test_numbers_are_short(number: float | None, text: str) -> None:
    assert shown(number) == text


def test_columns_are_even() -> None:
    rows = [("client", "KPI", "target", "value", "verdict"), ("a", "er_post", "0.01", "2", "met")]
    head, row = table(rows)
    assert head == "  client  KPI      target  value  verdict"
    assert row == "  a       er_post    0.01      2  met"


@pytest.fixture
def stack(tmp_path: Path) -> Any:
    """As far as what is printed needs it."""
    given: dict[str, Any] = {
        "folder": tmp_path,
        "ports": {"ui": 8080, "postgres": 8081, "mailbox": 8082},
        "keys": SimpleNamespace(login="secret", warehouse="secret"),
        "cluster": SimpleNamespace(dsn=lambda *words: f"postgresql://{words[0]}"),
        "progress": SimpleNamespace(seconds=61.2),
        "ground": None,
        "runner": None,
    }
    return Stack(**given)


BOARD = "http://127.0.0.1:8080/plugin/smm/board/"


def test_the_summary_names_the_board_and_what_waits_there(stack: Stack) -> None:
    text = summary(drafts=[("nordlys", "Nordlys: October")]).text(stack, once=False)

    assert f"board      {BOARD}  login admin, password secret\n" in text
    assert "waiting for the manager's approval, on the board:\n  nordlys: Nordlys: October\n" in text
    assert text.endswith("61 s in all; it stays up until Ctrl-C")


def test_a_demo_that_ends_names_no_server_that_is_gone(stack: Stack) -> None:
    text = summary().text(stack, once=True)

    assert "://127.0.0.1" not in text
    assert "postgresql:" not in text
    assert [line.split()[0] for line in text.splitlines()[-5:-2]] == ["clients", "archive", "logs"]
    assert text.endswith("61 s in all; it ends here")


def test_up_names_the_board_and_the_folder_of_the_clients(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path / "clients"))
    text = up.text(stack)

    assert f"board       {BOARD}  login admin, password secret\n" in text
    assert f"clients     {tmp_path / 'clients'}  one file each" in text
