"""What the tests of GA4 may ask for."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.sources.ga4.scripted import FarEnd, scripted_ga4


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    """Starts a GA4 that follows a script."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(scripted_ga4(script))
