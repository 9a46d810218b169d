"""What is read of files that people change while we run: kept until one of them changes, then read again.

The api-server runs for weeks, and a KPI, a word or a client may be added any day. A change is seen by the files' names,
times and sizes, which costs microseconds; of files that have a mistake meanwhile, what was last read in order stays.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import update_wrapper
from pathlib import Path
from threading import RLock
from typing import Generic, ParamSpec, TypeVar

log = logging.getLogger(__name__)

Given = ParamSpec("Given")
Found = TypeVar("Found")

Mark = tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Kept(Generic[Found]):
    mark: Mark
    value: Found
    good: Found  # as it was last read in order


class WhileUnchanged(Generic[Given, Found]):
    """A function of files, called again when they have changed; for any number of threads."""

    def __init__(
        self,
        read: Callable[Given, Found],
        files: Callable[Given, Iterable[Path]],
        joined: Callable[[Found, Found | Exception], Found],
    ) -> None:
        update_wrapper(self, read)
        self._read, self._files, self._joined = read, files, joined
        self._kept: dict[object, Kept[Found]] = {}
        self._lock = RLock()

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Found:
        """As ``read`` does; raises what it raises only if it was never read in order."""
        mark = _mark(self._files(*args, **kwargs))  # before it is read: a change while it is read is seen the next time
        key = (args, tuple(sorted(kwargs.items())))
        with self._lock:
            before = self._kept.get(key)
            if before is not None and before.mark == mark:
                return before.value
            try:
                found = self._read(*args, **kwargs)
            except Exception as error:  # whatever the files' reader raises
                if before is None:
                    raise
                log.error("kept as it was before: %s", error)  # noqa: TRY400  (it is no fault of ours)
                kept = Kept(mark, self._joined(before.good, error), before.good)
            else:
                value = found if before is None else self._joined(before.good, found)
                kept = Kept(mark, value, value)
            self._kept[key] = kept
            return kept.value

    def cache_clear(self) -> None:
        """Forget all of it, as another process would not know it."""
        with self._lock:
            self._kept.clear()


def _newest(good: Found, found: Found | Exception) -> Found:
    return good if isinstance(found, Exception) else found


def while_unchanged(
    files: Callable[Given, Iterable[Path]], joined: Callable[[Found, Found | Exception], Found] = _newest
) -> Callable[[Callable[Given, Found]], WhileUnchanged[Given, Found]]:
    """Decorates a function of ``files``, which takes the same arguments.

    ``joined`` makes one value of what was last read in order and what the files say now, or why they cannot be read.
    """
    return lambda read: WhileUnchanged(read, files, joined)


def _mark(files: Iterable[Path]) -> Mark:
    """What changes when a file is written, replaced, added or removed."""
    found: list[tuple[str, tuple[int, ...]]] = []
    for path in files:
        try:
            stat = path.stat()
        except OSError:
            found.append((str(path), ()))
        else:
            found.append((str(path), (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)))
    return tuple(found)
