"""Yandex Metrica's far end."""

from sandbox.metrica.api import serve

__all__ = ["serve"]
