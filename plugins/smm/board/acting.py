"""Acting on a client: forms that ask Airflow's own API to run a DAG, so that Airflow judges who may.

include/board/act.html holds them, on the page of a client, and assets/act.js sends them.
"""

from typing import Any

from smm.sources import NAMES


def offers(may_run: frozenset[str]) -> dict[str, Any]:
    """What act.html needs to know beside the client."""
    return {"may_run": may_run, "loaded_sources": NAMES}
