"""What the person at the terminal sees while the stack works."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """A line per step: what is done, then the seconds it took; on a terminal also how far it is."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._text = ""

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        begun = time.monotonic()
        self._text = text
        self.note("")
        try:
            yield
        except BaseException:
            if sys.stdout.isatty():
                print()
            raise
        erase = "\r\033[K" if sys.stdout.isatty() else ""
        print(f"{erase}{text}: {time.monotonic() - begun:.1f} s", flush=True)

    def note(self, how_far: str) -> None:
        """Replaces the last note of this step."""
        if sys.stdout.isatty():
            print(f"\r\033[K{self._text} ... {how_far}", end="", flush=True)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun
