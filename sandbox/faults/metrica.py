"""Faults of Metrica's API: its refusals. Those of everything between it and its caller are in `sandbox.faults.vk`."""

from sandbox.faults import Answering, Asked, Fault
from sandbox.loopback import Answer
from sandbox.metrica.refusals import RefusalError


def refused(status: int, kind: str, message: str = "a refusal that was planned") -> Fault:
    """Fault: Metrica refuses the request. `kind`: its error_type."""

    def fault(_asked: Asked, _answering: Answering) -> Answer:
        return RefusalError(status, kind, message).answer()

    return fault
