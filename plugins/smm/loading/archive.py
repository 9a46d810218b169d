"""The archive: every answer as received, before anybody reads it.

``<SMM_ARCHIVE>/<source>/<client>/<load_id>/`` holds numbered, compressed answers and, once the load is complete,
``manifest.json``: the job, and for each answer what was asked (without tokens), what reading it takes besides, and when
it came. ``published`` appears beside it when the load is. The warehouse can be rebuilt from this alone.
"""

import gzip
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from smm.sources import Answer, Job

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath


class NoArchive(RuntimeError):
    """``SMM_ARCHIVE`` is not set, or is no place that exists. The text says what to write."""


def root() -> "ObjectStoragePath":
    """``SMM_ARCHIVE``, which all workers share. Raises NoArchive."""
    from airflow.sdk import ObjectStoragePath

    given = os.environ.get("SMM_ARCHIVE")
    if not given:
        raise NoArchive("SMM_ARCHIVE is not set: give a place that all workers share, such as s3://bucket/archive")
    if not re.match(r"file:///|/|(?!file:)[a-z][a-z0-9]+://", given):
        raise NoArchive(
            f"SMM_ARCHIVE is {given!r}, which is no full address: write file:///folder/archive or s3://bucket/archive"
        )
    try:
        return ObjectStoragePath(given)
    except ValueError as error:  # no file system of this name
        raise NoArchive(
            f"SMM_ARCHIVE is {given!r}: {error}: write file:///folder/archive or s3://bucket/archive"
        ) from None


def check() -> None:
    """See that the place exists in which the archive lies: the folder above it, or the bucket. Raises NoArchive.

    They are never created here: otherwise a mistake in ``SMM_ARCHIVE`` would start a new archive unnoticed.
    """
    from airflow.sdk import ObjectStoragePath

    place = root()
    if _has_folders(place):
        if not (place.exists() or place.parent.exists()):
            raise NoArchive(
                f"SMM_ARCHIVE is {place}, but there is no folder {place.parent}: correct it, or create the folder"
            )
        return
    try:
        # s3fs also answers no when it may not look, or reaches no server
        is_there = (
            place.bucket and ObjectStoragePath(f"{place.protocol}://{place.bucket}", conn_id=place.conn_id).exists()
        )
    except ImportError as error:
        raise NoArchive(f"SMM_ARCHIVE is {place}, which nothing here can read: {error} (docs/production.md)") from None
    if not is_there:
        raise NoArchive(
            f"SMM_ARCHIVE is {place}, but no bucket {place.bucket!r} answers there: correct it, create the bucket, or"
            " give the connection the right to list it"
        )


def write(path: "ObjectStoragePath", body: bytes) -> None:
    """Write one file of the archive; it is safe there when this returns.

    Only file systems have folders to be made. On an object store each `mkdir` would be one more request, and it would
    make a bucket that is missing.
    """
    if _has_folders(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def _has_folders(path: "ObjectStoragePath") -> bool:
    return path.protocol in ("", "file", "local")


@dataclass
class Folder:
    """One load's answers, while they come in."""

    source: str
    job: Job
    load_id: str
    run_id: str
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def path(self) -> "ObjectStoragePath":
        return root() / self.source / self.job.client / self.load_id

    def add(self, answer: Answer) -> None:
        """Keep one answer; it is safe in the archive when this returns."""
        name = f"{len(self.answers):05d}-{answer.name}.gz"
        # level 1: answers shrink to a tenth anyway, and the loader waits for it
        write(self.path / name, gzip.compress(answer.body, 1, mtime=0))
        self.answers.append(
            {
                "file": name,
                "name": answer.name,
                "request": answer.request,
                "context": answer.context,
                "fetched_at": answer.fetched_at.isoformat(),
            }
        )

    def close(self, started_at: datetime) -> None:
        """Write the manifest: from now on the load can be read again."""
        manifest = {
            "source": self.source,
            "load_id": self.load_id,
            "run_id": self.run_id,
            "started_at": started_at.isoformat(),
            "job": asdict(self.job) | {"options": _tellable(self.job.options)},
            "answers": self.answers,
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1, default=str)
        write(self.path / "manifest.json", text.encode())


def mark_published(source: str, client: str, load_id: str) -> None:
    """Say that this load went into the warehouse; a rebuild reads only such loads."""
    write(root() / source / client / load_id / "published", b"")


def _tellable(options: dict[str, Any]) -> dict[str, Any]:
    """A source's entry without what may be a secret: the query of an address often holds a key."""
    from smm.sources.file import shown

    return {name: shown(value) if name == "path" else value for name, value in options.items()}


@dataclass(frozen=True)
class Stored:
    """A complete load in the archive."""

    path: "ObjectStoragePath"
    manifest: dict[str, Any]

    @property
    def job(self) -> Job:
        stored = self.manifest["job"]
        return Job(
            **stored
            | {
                "first_day": date.fromisoformat(stored["first_day"]),
                "last_day": date.fromisoformat(stored["last_day"]),
                "events": tuple(stored["events"]),
                "networks": tuple(stored["networks"]),
                "lead_parts": tuple(stored.get("lead_parts", ())),
            }
        )

    def answers(self) -> Iterator[Answer]:
        for entry in self.manifest["answers"]:
            body = gzip.decompress((self.path / entry["file"]).read_bytes())
            fetched_at = datetime.fromisoformat(entry["fetched_at"])
            # versions up to 0.6 kept it with the request
            context = entry.get("context", entry["request"])
            yield Answer(entry["name"], entry["request"], body, fetched_at, context=context)


def stored(source: str, client: str, load_id: str) -> Stored:
    """One complete load."""
    path = root() / source / client / load_id
    return Stored(path, json.loads((path / "manifest.json").read_text(encoding="utf-8")))


def published(source: str, client: str) -> list[Stored]:
    """The client's loads that were published, in the order in which they were started."""
    folder = root() / source / client
    if not folder.exists():
        return []
    loads = [stored(source, client, path.name) for path in folder.iterdir() if (path / "published").exists()]
    return sorted(loads, key=lambda load: (load.manifest["started_at"], load.manifest["load_id"]))
