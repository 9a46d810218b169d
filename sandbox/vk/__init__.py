"""VK's API over HTTP. `serve` it; `methods` says what each method answers, `execute` runs scripts of several calls."""

from sandbox.vk.api import serve

__all__ = ["serve"]
