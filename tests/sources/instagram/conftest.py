"""What the tests of an Instagram account may ask for."""

from tests.sources.graph.conftest import graph_far_end

__all__ = ["graph_far_end"]
