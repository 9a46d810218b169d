import os
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from local import invited, state
from local.keys import Keys
from local.trouble import TroubleError


def test_a_folder_is_kept_or_begun_afresh(tmp_path: Path) -> None:
    with state.opened("up", afresh=False, root=tmp_path) as folder:
        (folder / "data").mkdir()
        (folder / "data" / "rows").touch()
    with state.opened("up", afresh=False, root=tmp_path) as folder:
        assert (folder / "data" / "rows").exists()
    with state.opened("up", afresh=True, root=tmp_path) as folder:
        assert list(folder.iterdir()) == []


def test_only_its_user_may_look_into_it(tmp_path: Path) -> None:
    with state.opened("up", afresh=False, root=tmp_path) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_written_to_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / ".smm").touch()
    with (
        pytest.raises(TroubleError, match=r"\.smm/up cannot be written to \(.*\)"),
        state.opened("up", afresh=False, root=tmp_path),
    ):
        pass


def test_nothing_is_left_of_a_demo_that_is_removed(tmp_path: Path) -> None:
    with state.opened("demo", afresh=True, root=tmp_path) as folder:
        (folder / "letters").mkdir()
    state.remove("demo", root=tmp_path)
    state.remove("demo", root=tmp_path)
    assert list((tmp_path / ".smm").iterdir()) == []


@pytest.mark.parametrize("running", ["up", "demo", "bench"])
def test_nothing_is_cleaned_while_a_stack_runs(tmp_path: Path, running: str) -> None:
    for name in ("up", "demo", "bench"):
        with state.opened(name, afresh=True, root=tmp_path) as folder:
            (folder / "data").touch()

    with (
        state.opened(running, afresh=False, root=tmp_path),
        pytest.raises(TroubleError) as refused,
    ):
        state.clean(tmp_path)
    said = f"`make {running}` runs in this folder already, process {os.getpid()}: stop it first, with Ctrl-C in its"
    assert str(refused.value) == f"{said} terminal or `kill {os.getpid()}`"
    assert all((tmp_path / ".smm" / name / "data").exists() for name in ("up", "demo", "bench"))

    state.clean(tmp_path)
    assert {path.name for path in (tmp_path / ".smm").iterdir()} == {"up", "up.lock"}
    assert (tmp_path / ".smm" / "up" / "data").exists()


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The clients' folder of a demo that has ended, with what a user has added."""
    with state.opened("demo", afresh=True, root=tmp_path) as folder:
        assert begin(folder) == ["pekarnya", "yarko"]
    clients = invited.place(tmp_path / ".smm" / "demo")
    (clients / "mine.yml").write_text("name: Mine\n")
    (clients / "_agency.yml").write_text("name: We\n")
    return clients


def begin(folder: Path) -> list[str]:
    def write() -> None:
        invited.place(folder).mkdir(parents=True, exist_ok=True)
        for name in ("yarko", "pekarnya"):
            (invited.place(folder) / f"{name}.yml").write_text(f"name: {name} as of today\n")

    (folder / "keys.json").touch()
    return invited.beside(folder, write)


def test_a_client_that_was_added_to_a_demo_outlives_it(demo: Path, tmp_path: Path) -> None:
    (demo / "yarko.yml").write_text("name: changed\n")
    with state.opened("demo", afresh=True, root=tmp_path) as folder:
        assert not (folder / "keys.json").exists()
        assert {path.name for path in demo.iterdir()} == {"mine.yml", "_agency.yml", invited.OWN}
    # that start has failed, for a port, say, and written nothing; the next one does
    with state.opened("demo", afresh=True, root=tmp_path) as folder:
        assert begin(folder) == ["pekarnya", "yarko"]
        assert invited.clients(folder) == ["mine"]
        assert (demo / "mine.yml").read_text() == "name: Mine\n"
        assert (demo / "yarko.yml").read_text() == "name: yarko as of today\n"


def test_a_client_that_was_added_to_a_demo_is_not_cleaned_away(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        state.clean(tmp_path)
        assert (
            f"kept, because you have put it there:\n  {demo}/_agency.yml\n  {demo}/mine.yml" in capsys.readouterr().out
        )
    assert {path.name for path in (tmp_path / ".smm" / "demo").iterdir()} == {"sandbox"}


def test_keys_are_made_once_for_their_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    keys = Keys.kept(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Keys.kept(file) == keys
    assert len(set(vars(keys).values())) == 7
    Fernet(keys.fernet)


def test_keys_do_not_show_in_messages(tmp_path: Path) -> None:
    keys = Keys.kept(tmp_path / "keys.json")
    assert keys.login not in repr(keys)


def test_a_secret_closes_the_file_it_overwrites(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("open to all")
    file.chmod(0o644)
    state.write_secret(file, "closed")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("closed", 0o600)
