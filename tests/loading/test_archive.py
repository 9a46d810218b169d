"""The archive gives back what was put in, byte for byte, and only what was published."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smm.loading import archive, data_docs
from smm.sources import Answer, Job

if TYPE_CHECKING:
    from fsspec.implementations.memory import MemoryFileSystem

JOB = Job("yarko", "vk", {"community": 1}, "Europe/Moscow", "RUB", date(2026, 1, 1), date(2026, 1, 2), events=("lead",))
AT = datetime(2026, 1, 3, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SMM_ARCHIVE", f"file://{tmp_path}/a folder")
    return tmp_path / "a folder"


def test_a_load_is_read_again_as_it_was_received() -> None:
    folder = archive.Folder("vk", JOB, "load-1", "run-1")
    answers = [
        Answer("wall", {"offset": 0}, "привет".encode(), AT),
        Answer("stats", {}, b"\x00" * 1000, AT, context={"last_day": "2026-01-02"}),
    ]
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


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("file://{0}/nowhere/archive", "but there is no folder file://{0}/nowhere: correct it, or create the folder"),
        ("{0}/nowhere/archive", "but there is no folder {0}/nowhere: correct it, or create the folder"),
        ("archive", "which is no full address: write file:///folder/archive or s3://bucket/archive"),
        ("file://archive", "which is no full address: write file:///folder/archive or s3://bucket/archive"),
        ("file:archive", "which is no full address: write file:///folder/archive or s3://bucket/archive"),
        ("s4://bucket/archive", "Unsupported filesystem: 's4': write file:///folder/archive or s3://bucket/archive"),
        ("memory://slip/archive", "but no bucket 'slip' answers there: correct it, create the bucket"),
        ("s3://bucket/archive", "which nothing here can read: Install s3fs to access S3 (docs/production.md)"),
    ],
)
def test_a_slip_makes_no_new_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, said: str) -> None:
    monkeypatch.setenv("SMM_ARCHIVE", given.format(tmp_path))
    with pytest.raises(archive.NoArchive) as refused:
        archive.check()
    assert said.format(tmp_path) in str(refused.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", ["file://{0}/new", "file://{0}", "{0}/new", "memory://bucket/new", "memory://bucket"])
def test_an_archive_may_begin_where_its_place_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: "MemoryFileSystem", given: str
) -> None:
    monkeypatch.setenv("SMM_ARCHIVE", given.format(tmp_path))
    archive.check()


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator["MemoryFileSystem"]:
    """An object store with one bucket, where the archive is."""
    from fsspec.implementations.memory import MemoryFileSystem

    monkeypatch.setenv("SMM_ARCHIVE", "memory://bucket/archive")
    store = MemoryFileSystem()
    store.mkdir("/bucket")
    yield store
    store.rm("/bucket", recursive=True)


def test_an_object_store_is_asked_once_for_each_object(
    store: "MemoryFileSystem", monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    for name in ("mkdir", "makedirs", "exists", "info", "ls", "touch", "_open"):
        given = getattr(store, name)

        def noted(*words: Any, name: str = name, given: Any = given, **more: Any) -> Any:
            asked.append(name)
            return given(*words, **more)

        monkeypatch.setattr(store, name, noted)
    folder = archive.Folder("vk", JOB, "load-1", "run-1")
    folder.add(Answer("wall", {}, b"{}", AT))
    folder.add(Answer("stats", {}, b"{}", AT))
    folder.close(AT)
    archive.mark_published("vk", "yarko", "load-1")

    assert asked == ["_open"] * 4
    assert [load.job for load in archive.published("vk", "yarko")] == [JOB]


def test_data_docs_are_one_object(store: "MemoryFileSystem", tmp_path: Path) -> None:
    pages = {"index.html": "an index", "validations/posts/a.html": "а page"}
    for name, text in pages.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")

    data_docs.keep(tmp_path, "ingest_vk/run:1")

    assert store.find("/bucket") == ["/bucket/archive/data_docs/ingest_vk-run-1.zip"]
    kept = data_docs.pages("ingest_vk-run-1")
    assert kept is not None
    assert {name: kept.read(name).decode() for name in kept.namelist()} == pages
    assert data_docs.pages("ingest_vk-run-2") is None
    for path in data_docs.kept(["ingest_vk/run:1", "ingest_vk/run:2"]):
        data_docs.remove(path)
    assert store.find("/bucket") == []


def test_half_a_file_of_data_docs_is_none(root: Path) -> None:
    (root / "data_docs").mkdir(parents=True)
    (root / "data_docs" / "run.zip").write_bytes(b"PK")
    assert data_docs.pages("run") is None
