"""Ctrl-C, a closed terminal and `kill` end a stack in the same orderly way."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """While entered, the first of `SIGNALS` raises KeyboardInterrupt, once; later ones are not heard.

    Inside `held()` it waits for the end of the block: what is being started is recorded, what is being stopped is
    stopped, before anything else happens. Under nohup a closed terminal stays unheard.
    """

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        self._held = 0
        self._raised = False

    def __enter__(self) -> Self:
        is_nohup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        heard = [number for number in SIGNALS if not (is_nohup and number == signal.SIGHUP)]
        self._before = {number: signal.signal(number, self._hear) for number in heard}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _hear(self, number: int, _: FrameType | None) -> None:
        self.received = self.received or signal.Signals(number)
        self._raise()

    def _raise(self) -> None:
        if self.received and not self._held and not self._raised:
            self._raised = True
            raise KeyboardInterrupt(self.received.name)

    @contextmanager
    def held(self) -> Iterator[None]:
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        self._raise()
