"""Imported where tests or their workers run: garbage is collected more rarely than Python would by itself.

Airflow and Great Expectations leave a million objects that stay; to go through them each time that 700 new ones are
there takes a sixth of the time of the tests.
"""

import gc

gc.set_threshold(50_000, 20, 100)


def collected() -> None:
    """What is still there stays: pytest has just collected garbage, does so again before it ends, and then Python does."""
    gc.freeze()
