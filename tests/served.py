"""An app over HTTP, beside the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from local import ports


@contextmanager
def served(app: Any, **settings: Any) -> Iterator[str]:
    """The app over HTTP; its address, which is answered by now."""
    port = ports.free()
    server = uvicorn.Server(uvicorn.Config(app, host=ports.HOST, port=port, ws="none", **settings))
    serving = threading.Thread(target=server.run)
    serving.start()
    try:
        while not server.started:
            assert serving.is_alive()
            serving.join(0.05)
        yield f"http://{ports.HOST}:{port}"
    finally:
        server.should_exit = True
        serving.join()
