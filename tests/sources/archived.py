"""Loads in the archive, as they are kept now and as earlier versions kept them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from smm.loading import archive
from smm.loading.archive import Stored
from smm.sources import Job, Source
from tests.sources.loading import Loaded


def archived(source: Source, work: Job, loaded: Loaded, folder: Path) -> Stored:
    """The answers of a load, written to this folder and found there."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SMM_ARCHIVE", f"file://{folder}")
        load = archive.Folder(source.name, work, "load", "run")
        for answer in loaded.answers:
            load.add(answer)
        load.close(datetime(2024, 3, 12, tzinfo=UTC))
        return archive.stored(source.name, work.client, "load")


def of_earlier_version(stored: Stored) -> Stored:
    """The same load as versions up to 0.6 kept it: what reading an answer takes stands among what was asked."""
    job = {name: value for name, value in stored.manifest["job"].items() if name != "lead_parts"}
    answers = [entry | {"request": entry["request"] | entry.get("context", {})} for entry in stored.manifest["answers"]]
    for entry in answers:
        entry.pop("context", None)
    return Stored(stored.path, stored.manifest | {"job": job, "answers": answers})


def reread(source: Source, stored: Stored) -> Loaded:
    """What comes of an archived load, without its answers."""
    loaded = Loaded()
    loaded.take(source.read(stored.job, stored.answers()))
    return loaded
