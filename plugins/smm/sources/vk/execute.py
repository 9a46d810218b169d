"""VK's `execute`: many calls in one request, and which of its answers and errors belong to which call.

A call that failed is ``false`` in the answer, and its error, without any number, is one of ``execute_errors``. vk_api's
request pool gives the errors out to whatever is false, which shifts them where a method answers false; so not here.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from smm.sources.vk.errors import Json

PACK = 25  # calls; the most that one execute may make


@dataclass(frozen=True)
class Call:
    method: str
    params: Json


UNCLEAR: Json = {"unclear": True}  # one of several of the same method: some of them false, some failed


def script(calls: Sequence[Call]) -> str:
    """VKScript that returns what the calls return, as a list."""
    called = (f"API.{call.method}({json.dumps(call.params, ensure_ascii=False)})" for call in calls)
    return f"return [{','.join(called)}];"


def shares(calls: Sequence[Call], body: Json) -> list[Json]:
    """What each call got of the body: {"response"}, {"error"}, {"fault"}, or UNCLEAR."""
    if "response" not in body:
        return [body] * len(calls)
    values, errors = body["response"], body.get("execute_errors") or []
    if not all(isinstance(error, dict) and isinstance(error.get("error_code"), int) for error in errors):
        return [{"fault": "errors of another form"}] * len(calls)
    if not isinstance(values, list) or len(values) != len(calls):
        codes = ", ".join(str(error["error_code"]) for error in errors)
        among = f" and errors {codes}" if codes else ""
        size = f"{len(values)} answers" if isinstance(values, list) else "no list of answers"
        return [{"fault": f"{size} to {len(calls)} calls{among}"}] * len(calls)
    for error in errors:
        if error.get("method") == "execute":  # the script itself came to an end
            return [{"error": error}] * len(calls)
    said: list[Json] = [{"response": value} for value in values]
    for method in {error.get("method") for error in errors}:
        failed = [error for error in errors if error.get("method") == method]
        false = [at for at, call in enumerate(calls) if call.method == method and values[at] is False]
        if len(failed) > len(false):
            return [{"fault": f"{len(failed)} errors of {method} for {len(false)} calls of it"}] * len(calls)
        for number, at in enumerate(false):
            said[at] = {"error": failed[number]} if len(failed) == len(false) else UNCLEAR
    return said
