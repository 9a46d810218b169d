"""Faults of Metrica's API: its refusals. Those of everything between it and its caller are in `sandbox.faults.vk`."""

from sandbox.data import FarEnds
from sandbox.faults import Answering, Asked, Fault
from sandbox.loopback import Answer, Request, Respond
from sandbox.metrica.refusals import RefusalError


def meeting(far_ends: FarEnds, respond: Respond) -> Respond:
    """The server's `respond`, whose requests meet the faults planned for their token."""

    def meet(request: Request) -> Answer:
        caller = request.authorization.removeprefix("OAuth ")
        answer: Answer = far_ends.faults.answer(Asked(caller, request.path, request), respond)
        return answer

    return meet


def refused(status: int, kind: str, message: str = "a refusal that was planned") -> Fault:
    """Fault: Metrica refuses the request. `kind`: its error_type."""

    def fault(_asked: Asked, _answering: Answering) -> Answer:
        return RefusalError(status, kind, message).answer()

    return fault
