"""Where the project's files lie."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include"


class NoClientsFolder(ValueError):
    """SMM_CLIENTS leads nowhere: that is no project without clients."""


def clients_folder() -> Path:
    """The folder of the client files: ``SMM_CLIENTS``, else include/clients. It may not be there."""
    return Path(os.environ.get("SMM_CLIENTS") or INCLUDE / "clients")


def client_ids(folder: Path | None = None) -> list[str]:
    """The clients' ids: the file names, unread. Files that begin with ``_`` or ``.`` are nobody's."""
    return sorted(path.stem for path in (folder or clients_folder()).glob("*.yml") if path.stem[0] not in "_.")
