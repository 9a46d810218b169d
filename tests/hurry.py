"""`dag.test()` without what it does again, or waits for without need.

What it runs, and how that ends, is the same.
"""

import json
import sys
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from airflow.dag_processing import dagbag
from airflow.models.serialized_dag import SerializedDagModel
from airflow.providers.common.sql.hooks.sql import DbApiHook
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import LazyDeserializedDAG
from airflow.utils.session import create_session
from jsonschema import Draft202012Validator
from sqlalchemy import select

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

sleep = time.sleep
split = staticmethod(cache(DbApiHook.split_sql_string))
check_schema = Draft202012Validator.check_schema
sync_bag_to_db = dagbag.sync_bag_to_db


def hurry(patched: pytest.MonkeyPatch) -> None:
    """From here on, until ``patched`` is undone."""
    patched.setattr(DbApiHook, "split_sql_string", split)  # the rebuild's statements: most of a second at every build
    patched.setattr(time, "sleep", _sleep)
    patched.setattr(Draft202012Validator, "check_schema", staticmethod(_check_schema))
    patched.setattr(dagbag, "sync_bag_to_db", _sync)


def _sleep(seconds: float) -> None:
    """`dag.test()` waits a second whenever tasks were skipped, before it sees that the next ones can run."""
    if sys._getframe(1).f_code is not DAG.test.__code__:
        sleep(seconds)


def _check_schema(schema: Any) -> None:
    """A param's schema is checked whenever somebody asks for its value: some hundred times in a run."""
    _checked(json.dumps(schema))


@cache
def _checked(schema: str) -> None:
    check_schema(json.loads(schema))


def _sync(bag: dagbag.DagBag, *bundle: Any) -> None:
    """`dag.test()` stores its DAG at each run, though nothing of it has changed since the last one."""
    with create_session() as session:
        if bag.import_errors or not all(_is_stored(dag, session) for dag in bag.dags.values()):
            sync_bag_to_db(bag, *bundle)


def _is_stored(dag: DAG, session: "Session") -> bool:
    newest = select(SerializedDagModel.dag_hash).order_by(SerializedDagModel.created_at.desc()).limit(1)
    stored = session.scalar(newest.where(SerializedDagModel.dag_id == dag.dag_id))
    return bool(stored == LazyDeserializedDAG.from_dag(dag).hash)
