"""The Data Docs of a run, kept in the archive: ``<SMM_ARCHIVE>/data_docs/<run>.zip``.

One object of up to twenty pages: on an object store each would be a request, and together more than those of the
answers.
"""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from smm.loading import archive

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath


def name(run_id: str) -> str:
    """What a run is called there."""
    return "".join(character if character.isalnum() or character in "-_." else "-" for character in run_id)


def keep(folder: Path, run_id: str) -> "ObjectStoragePath":
    """Put the pages of a folder into the archive; what was kept of this run before is replaced.

    Great Expectations adds 4 MB of animations and fonts, none of which a page shows.
    """
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as pages:
        for page in sorted(folder.rglob("*.html")):
            pages.write(page, page.relative_to(folder).as_posix())
    path = _place() / f"{name(run_id)}.zip"
    archive.write(path, packed.getvalue())
    return path


def pages(run: str) -> ZipFile | None:
    """The pages of the run of this ``name``; None = there are none."""
    try:
        return ZipFile(io.BytesIO((_place() / f"{run}.zip").read_bytes()))
    except (FileNotFoundError, BadZipFile):  # half a file: the audit was killed, and its retry writes it anew
        return None


def kept(run_ids: Iterable[str]) -> list["ObjectStoragePath"]:
    """What the archive has of these runs. Versions up to 0.5 kept a folder of pages each."""
    place = _place()
    names = {name(run_id) + ending for run_id in run_ids for ending in ("", ".zip")}
    return [path for path in (place.iterdir() if place.exists() else ()) if path.name in names]


def remove(path: "ObjectStoragePath") -> None:
    """Remove one of those."""
    if path.is_dir():
        path.rmdir(recursive=True)
    else:
        path.unlink(missing_ok=True)


def _place() -> "ObjectStoragePath":
    return archive.root() / "data_docs"
