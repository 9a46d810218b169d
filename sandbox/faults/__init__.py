"""What goes wrong at the far ends. A plan per caller says what, request by request.

A fault stands between a request and its answer: it is called instead of the far end, and may pass the request on,
alter what comes back, say something else, or wait. `sandbox.faults.ga4` and `sandbox.faults.vk` make them.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    caller: str  # GA4: the number of the property; VK: the token
    method: str  # runReport as RunReport; wall.get, execute
    request: Any  # a plain protobuf message; a loopback.Request


Answering = Callable[[Any], Any]
"""The far end itself: request -> answer."""

Fault = Callable[[Asked, Answering], Any]
"""The answer that the caller gets."""


class Faults:
    """The plans. Who has none, or has come to the end of it, is answered as if nothing were wrong."""

    def __init__(self) -> None:
        self._plans: dict[str, Iterator[Fault | None]] = {}
        self._turn = threading.Lock()

    def plan(self, caller: str, faults: Iterable[Fault | None]) -> None:
        """From now on the caller's requests meet these, one each; None = nothing is wrong with this one."""
        with self._turn:
            self._plans[caller] = iter(faults)

    def end(self) -> None:
        """Nothing is wrong any more."""
        with self._turn:
            self._plans.clear()

    def answer(self, asked: Asked, answering: Answering) -> Any:
        with self._turn:
            fault = next(self._plans.get(asked.caller, iter(())), None)
        return answering(asked.request) if fault is None else fault(asked, answering)


def waiting(wait: Callable[[], object]) -> Fault:
    """Nothing is said before `wait` returns: latency, or a moment that a test chooses."""

    def fault(asked: Asked, answering: Answering) -> Any:
        wait()
        return answering(asked.request)

    return fault


def meanwhile(happen: Callable[[], object]) -> Fault:
    """Right after this answer something changes, such as a post that is published between two pages."""

    def fault(asked: Asked, answering: Answering) -> Any:
        answer = answering(asked.request)
        happen()
        return answer

    return fault
