"""Imported where tests or their workers run: garbage is collected more rarely than Python would by itself.

Airflow and Great Expectations leave a million objects that stay; to go through them each time that 700 new ones are
there takes a sixth of the time of the tests.
"""

import gc

gc.set_threshold(50_000, 20, 100)


def keep() -> None:
    """Whatever is alive now is never gone through again. Called once pytest has collected garbage at its end: it does
    so a second time, and Python when the process ends, each for more than a second.
    """
    gc.freeze()
