"""What a piece of work cost its process, told as one JSON line."""

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def measured() -> Iterator[dict[str, Any]]:
    """Time the block, and print: seconds, CPU seconds, peak memory of the process; and what the block adds."""
    told: dict[str, Any] = {}
    begun, cpu = time.perf_counter(), time.process_time()
    yield told
    seconds, used = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    print(json.dumps({"seconds": seconds, "cpu": used, "peak_mb": peak, **told}), flush=True)
