"""Where the project's files lie."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include"


def clients_folder() -> Path:
    """The folder of the client files: ``SMM_CLIENTS``, else include/clients."""
    return Path(os.environ.get("SMM_CLIENTS") or INCLUDE / "clients")
