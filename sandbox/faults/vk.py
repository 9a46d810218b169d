"""Faults of VK's API: its errors, alone and within an execute, and those of everything between VK and its caller."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.data import FarEnds
from sandbox.faults import Answering, Asked, Fault
from sandbox.loopback import Answer, Request, Respond

HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_CALL = re.compile(r"API\.([\w.]+)\(")  # one of the calls that a script makes, where it makes each of them once


def meeting(far_ends: FarEnds, respond: Respond) -> Respond:
    """The server's `respond`, whose requests meet the faults planned for their token."""

    def meet(request: Request) -> Answer:
        caller = request.fields.get("access_token", "")
        answer: Answer = far_ends.faults.answer(Asked(caller, request.path.rpartition("/")[2], request), respond)
        return answer

    return meet


def error(code: int, text: str = "an error that was planned") -> Fault:
    """Fault: VK refuses the whole request."""

    def fault(_asked: Asked, _answering: Answering) -> Answer:
        return _json({"error": {"error_code": code, "error_msg": text, "request_params": []}})

    return fault


def inner_error(code: int, method: str, text: str = "an error that was planned") -> Fault:
    """Fault: of an execute, the calls of this method fail; of any other request, itself if it calls this method."""

    def fault(asked: Asked, answering: Answering) -> Answer:
        if asked.method == method:
            whole: Answer = error(code, text)(asked, answering)
            return whole
        said = answering(asked.request)
        return _json(_failed(asked.request, json.loads(said.body), method, code, text))

    return fault


def _failed(request: Request, said: dict[str, Any], method: str, code: int, text: str) -> dict[str, Any]:
    calls = _CALL.findall(request.fields.get("code", ""))
    if method not in calls or "error" in said:
        return said
    before = iter(said.get("execute_errors", ()))
    results, errors = [], []
    for call, result in zip(calls, said["response"], strict=True):
        is_planned = call == method
        results.append(False if is_planned else result)
        earlier = next(before) if result is False else None
        if is_planned:
            errors.append({"method": call, "error_code": code, "error_msg": text})
        elif earlier:
            errors.append(earlier)
    return {"response": results, "execute_errors": errors}


def altered(alter: Callable[[Any], Any]) -> Fault:
    """Fault: the JSON of the answer is another."""

    def fault(asked: Asked, answering: Answering) -> Answer:
        return _json(alter(json.loads(answering(asked.request).body)))

    return fault


def page(status: int) -> Fault:
    """Fault: a gateway answers in VK's place, with a page; with status 200 too."""

    def fault(_asked: Asked, _answering: Answering) -> Answer:
        return Answer(status, "text/html", HTML)

    return fault


def cut(size: int) -> Fault:
    """Fault: the connection ends after so many bytes of the body."""

    def fault(asked: Asked, answering: Answering) -> Answer:
        answer: Answer = answering(asked.request)
        return replace(answer, sent=size)

    return fault


def hung_up(_asked: Asked, _answering: Answering) -> Answer:
    """Fault: the connection ends without a word."""
    raise ConnectionAbortedError("a hang-up that was planned")


def _json(body: Any) -> Answer:
    return Answer(200, "application/json; charset=utf-8", json.dumps(body, ensure_ascii=False).encode())
