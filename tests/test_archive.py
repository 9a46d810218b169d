"""The archive gives back what was put in, byte for byte, and only what was published."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from smm import archive
from smm.sources import Answer, Job

JOB = Job("yarko", "vk", {"community": 1}, "Europe/Moscow", "RUB", date(2026, 1, 1), date(2026, 1, 2), events=("lead",))
AT = datetime(2026, 1, 3, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SMM_ARCHIVE", f"file://{tmp_path}/a folder")
    return tmp_path / "a folder"


def test_a_load_is_read_again_as_it_was_received() -> None:
    folder = archive.Folder("vk", JOB, "load-1", "run-1")
    answers = [Answer("wall", {"offset": 0}, "привет".encode(), AT), Answer("stats", {}, b"\x00" * 1000, AT)]
    for answer in answers:
        folder.add(answer)
    folder.close(AT)

    again = archive.stored("vk", "yarko", "load-1")

    assert again.job == JOB
    assert list(again.answers()) == answers


def test_only_published_loads_count_in_the_order_of_their_start() -> None:
    for hour, load_id in ((7, "late"), (6, "early"), (5, "unpublished")):
        folder = archive.Folder("vk", JOB, load_id, "run-1")
        folder.add(Answer("wall", {}, b"{}", AT))
        folder.close(AT.replace(hour=hour))
    archive.mark_published("vk", "yarko", "late")
    archive.mark_published("vk", "yarko", "early")

    assert [load.manifest["load_id"] for load in archive.published("vk", "yarko")] == ["early", "late"]
    assert archive.published("vk", "nobody") == []


def test_an_unfinished_load_has_no_manifest(root: Path) -> None:
    archive.Folder("vk", JOB, "load-1", "run-1").add(Answer("wall", {}, b"{}", AT))

    assert [path.name for path in (root / "vk" / "yarko" / "load-1").iterdir()] == ["00000-wall.gz"]


def test_without_a_place_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMM_ARCHIVE")

    with pytest.raises(RuntimeError, match="SMM_ARCHIVE is not set: give a place that all workers share"):
        archive.root()
