"""What the tests of Metrica may ask for."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.sources.metrica.far_end import MetricaFarEnd, Respond, Serve


@pytest.fixture
def metrica_far_end() -> Iterator[Serve]:
    """Starts a Metrica."""
    with ExitStack() as stack:

        def serve(respond: Respond) -> MetricaFarEnd:
            started = MetricaFarEnd(respond)
            stack.callback(started.stop)
            return started

        yield serve
