"""The way from a task instance in Airflow's pages to the board.

A plugin's global link: Airflow's api-server makes it when it shows the task instance, from the instance's key alone.
So there is one for every task, mapped ones too, while it runs and however it ends. A link of the operator's own would
be made by the worker, as an XCom, once a task is over; one that was killed would have none.
"""

from typing import Any

import attrs
from airflow.sdk import BaseOperatorLink

from smm import links

LOADING = ("ingest_", "backfill_client")  # what their ids begin with
PAGES = {"build_kpis": (), "report_targets": ("letters",)}


@attrs.define()
class OnBoard(BaseOperatorLink):
    """What a run has loaded, or the page with what it made."""

    name = "On the board"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ARG002  (Airflow names them)
        """The address; "" for a task of somebody else's DAG, and then Airflow shows no link."""
        if ti_key.dag_id.startswith(LOADING):
            return links.link("data", below=links.below(), run=f"{ti_key.dag_id}/{ti_key.run_id}")
        page = PAGES.get(ti_key.dag_id)
        return "" if page is None else links.link(*page, below=links.below())
