"""Meta's Graph API over HTTP: Facebook Pages and Instagram accounts. `serve` it."""

from sandbox.meta.api import serve

__all__ = ["serve"]
