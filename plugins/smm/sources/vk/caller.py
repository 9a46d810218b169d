"""Calls to VK by one token: each in its turn, tried again where that may help, until VK has said its last word."""

from collections.abc import Callable, Iterator, Sequence, Set
from datetime import UTC, datetime, timedelta

import vk_api
from jconfig import MemoryConfig  # type: ignore[import-untyped]

from smm.sources import Access, Transient
from smm.sources.vk import errors, meanings
from smm.sources.vk.api import Http, answered
from smm.sources.vk.errors import Json, Place
from smm.sources.vk.execute import PACK, UNCLEAR, Call, script, shares
from smm.sources.vk.tokens import Token

VERSION = "5.199"
BUSY_PAUSES = (2, 10)  # seconds before the next try
TOO_FAST_PAUSES = (0.5, 1, 2, 4)

Ask = Callable[[Sequence[Call]], list[Json]]


class Caller:
    """``said`` is VK's body of one call: {"response": ...}, or {"error": ...} of what the call asked for, or spared."""

    def __init__(self, access: Access, http: Http, token: Token, place: Place, gap: timedelta) -> None:
        self._access = access
        self._token = token
        self._place = place
        self._gap = gap
        self._api = vk_api.VkApi(api_version=VERSION, session=http, config=MemoryConfig)
        self._api.error_handlers = {}  # of the library's own: they wait, or ask at a terminal
        if access.turns:
            self._api.RPS_DELAY = 0  # the library's own, for this process alone

    def single(self, calls: Sequence[Call]) -> list[Json]:
        """Each call by a request of its own."""
        return [self._settled(self._one_by_one, [call])[0] for call in calls]

    def packed(self, calls: Sequence[Call], spared: Set[int] = frozenset()) -> list[Json]:
        """Many calls to a request. Where VK says a ``spared`` code of one call, this is no failure."""
        said: list[Json] = []
        for start in range(0, len(calls), PACK):
            said += self._settled(self._together, calls[start : start + PACK], spared)
        return said

    def _settled(self, ask: Ask, calls: Sequence[Call], spared: Set[int] = frozenset()) -> list[Json]:
        """What VK was too busy for is asked again, and nothing else with it. Raises SourceError for what is final."""
        patience = {
            "busy": iter(BUSY_PAUSES),
            "too fast": iter(TOO_FAST_PAUSES),
            "dead": iter((0,) if self._token.is_renewable else ()),
        }
        said = ask(calls)
        while again := _to_ask_again(said, patience):
            self._access.sleep(max(again.values()))
            if any(_kind(said[at]) == "dead" for at in again):
                self._token.renew()
            repeated = ask([calls[at] for at in again])
            for at, body in zip(again, repeated, strict=True):
                said[at] = body
        for body in said:
            self._stop(body)
        return [self._final(call, body, spared) for call, body in zip(calls, said, strict=True)]

    def _one_by_one(self, calls: Sequence[Call]) -> list[Json]:
        return [self._asked(call.method, call.params, {call.method}) for call in calls]

    def _together(self, calls: Sequence[Call], may_halve: bool = True) -> list[Json]:
        methods = {"execute", *(call.method for call in calls)}
        said = shares(calls, self._asked("execute", {"code": script(calls)}, methods))
        if may_halve and len(calls) > 1 and all(_code(body) in meanings.TOO_BIG for body in said):
            half = len(calls) // 2
            return [*self._together(calls[:half], may_halve=False), *self._together(calls[half:], may_halve=False)]
        return [
            self._asked(call.method, call.params, {call.method}) if body is UNCLEAR else body
            for call, body in zip(calls, said, strict=True)
        ]

    def _asked(self, method: str, params: Json, methods: set[str]) -> Json:
        if self._access.turns:
            self._access.turns.take(self._token.own, methods, self._gap)
        body = answered(self._api, method, params | {"access_token": self._token.current()})
        if "error" in body:
            body["error"].setdefault("method", method)
        return body

    def _final(self, call: Call, said: Json, spared: Set[int]) -> Json:
        if "fault" in said:
            tries = 1 + len(BUSY_PAUSES)
            raise Transient(f"VK did not answer {call.method} in {tries} tries: {said['fault']}; try again in a minute")
        if "error" not in said:
            return {"response": said["response"]}
        error = said["error"]
        is_spared = error["error_code"] in spared and error["method"] == call.method
        if errors.is_of_part(error, call.method) or is_spared:
            return {"error": {"error_code": error["error_code"], "error_msg": error["error_msg"]}}
        raise errors.failure(error["method"], error, self._place)

    def _stop(self, said: Json) -> None:
        """Let no other task ask for what VK refuses for a while."""
        stop = errors.STOPS.get(_code(said) or 0)
        if self._access.turns and stop:
            method, now = said["error"]["method"], datetime.now(UTC)
            told = str(errors.failure(method, said["error"], self._place, now))
            of_method = None if stop.is_of_token else method
            self._access.turns.stop(self._token.own, of_method, stop.length(now), told)


def _code(said: Json) -> int | None:
    code: int | None = said.get("error", {}).get("error_code")
    return code


def _kind(said: Json) -> str:
    code = _code(said)
    if "fault" in said or code in meanings.BUSY:
        return "busy"
    if code in meanings.TOO_FAST:
        return "too fast"
    return "dead" if code in meanings.DEAD else "final"


def _to_ask_again(said: Sequence[Json], patience: dict[str, Iterator[float]]) -> dict[int, float]:
    """The calls to ask again, and after how many seconds; each kind of trouble has a patience of its own."""
    kinds = {at: _kind(body) for at, body in enumerate(said)}
    pauses = {kind: next(patience[kind], None) for kind in patience.keys() & kinds.values()}
    return {at: pause for at, kind in kinds.items() if (pause := pauses.get(kind)) is not None}
