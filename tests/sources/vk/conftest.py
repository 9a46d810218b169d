"""What the tests of VK may ask for."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import vk_api

from sandbox.data import FarEnds
from tests.sources.vk.community import Serve
from tests.sources.vk.far_end import COMMUNITY, SERVICE, Respond, VkFarEnd


@pytest.fixture
def far_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts a VK with a token of each kind; it counts no requests per second, so none has to be waited for."""
    monkeypatch.setattr(vk_api.VkApi, "RPS_DELAY", 0)
    with ExitStack() as stack:

        def serve(what: FarEnds | Respond) -> VkFarEnd:
            started = VkFarEnd(what)
            stack.callback(started.stop)
            started.connection.extra_dejson = {"service_token": SERVICE, "community_token": COMMUNITY}
            return started

        yield serve
