"""What the tests of Meta's Graph API may ask for."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.sources.graph.far_end import GraphFarEnd, Script

Serve = Callable[[Script], GraphFarEnd]


@pytest.fixture
def graph_far_end() -> Iterator[Serve]:
    """Starts a Graph API."""
    with ExitStack() as stack:

        def serve(script: Script) -> GraphFarEnd:
            started = GraphFarEnd(script)
            stack.callback(started.stop)
            return started

        yield serve
