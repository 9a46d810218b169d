import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from local import state
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
