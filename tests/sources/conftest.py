"""What the tests of the sources may ask for."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import vk_api

from sandbox.data import FarEnds
from tests.sources.scripted_ga4 import FarEnd, scripted_ga4
from tests.sources.vk_community import Serve
from tests.sources.vk_far_end import COMMUNITY, SERVICE, Respond, VkFarEnd


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    """Starts a GA4 that follows a script."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(scripted_ga4(script))


@pytest.fixture
def vk_far_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts a VK with a token of each kind; it counts no requests per second, so none has to be waited for."""
    monkeypatch.setattr(vk_api.VkApi, "RPS_DELAY", 0)
    with ExitStack() as stack:

        def serve(what: FarEnds | Respond) -> VkFarEnd:
            started = VkFarEnd(what)
            stack.callback(started.stop)
            started.connection.extra_dejson = {"service_token": SERVICE, "community_token": COMMUNITY}
            return started

        yield serve


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a client's figures are to lie."""
    return tmp_path / "yarko.csv"
