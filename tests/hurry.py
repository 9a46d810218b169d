"""`dag.test()` without what it does again, or waits for without need.

What it runs, and how that ends, is the same.
"""

import sys
import time
from functools import cache

import pytest
from airflow.providers.common.sql.hooks.sql import DbApiHook
from airflow.sdk import DAG

sleep = time.sleep
split = staticmethod(cache(DbApiHook.split_sql_string))


def hurry(patched: pytest.MonkeyPatch) -> None:
    """From here on, until ``patched`` is undone."""
    patched.setattr(DbApiHook, "split_sql_string", split)  # the rebuild's statements: most of a second at every build
    patched.setattr(time, "sleep", _sleep)


def _sleep(seconds: float) -> None:
    """`dag.test()` waits a second whenever tasks were skipped, before it sees that the next ones can run."""
    if sys._getframe(1).f_code is not DAG.test.__code__:
        sleep(seconds)
