"""Metrica over HTTP: `GET /stat/v1/data`, `/stat/v1/data/bytime`, `/management/v1/counter/<id>` and its `/goals`.

It serves what the given FarEnds hold at the moment of the call. A token is that of a login, and has requests of its own
for a day; a counter has some too, and nobody may have more than three requests open.
"""

import json
import re
import threading
from collections import Counter as Tally
from typing import Any

from sandbox.data import Counter, FarEnds
from sandbox.faults import Asked
from sandbox.loopback import Answer, Request, Server
from sandbox.metrica import table
from sandbox.metrica.query import Query
from sandbox.metrica.refusals import JSON, RefusalError

PARALLEL = 3
_COUNTER = re.compile(r"/management/v1/counter/(\d+)(/goals)?")


def serve(far_ends: FarEnds, port: int) -> Server:
    """A running server on 127.0.0.1."""
    return Server(port, Metrica(far_ends).respond)


class Metrica:
    def __init__(self, far_ends: FarEnds) -> None:
        self._far_ends = far_ends
        self._open: Tally[str] = Tally()  # requests by token
        self._counting = threading.Lock()

    def respond(self, request: Request) -> Answer:
        """Answers, faults included, are open until they are said."""
        token = request.authorization
        with self._counting:
            self._open[token] += 1
            is_too_many = self._open[token] > PARALLEL
        try:
            if is_too_many:
                told = "Exceeded the quota of parallel requests of a user: no more than 3"
                return RefusalError(429, "quota_parallel_requests", told).answer()
            return self._or_fault(request)
        finally:
            with self._counting:
                self._open[token] -= 1

    def _or_fault(self, request: Request) -> Answer:
        """The answer, or what was planned for the request's token."""
        caller = request.authorization.removeprefix("OAuth ")
        answer: Answer = self._far_ends.faults.answer(Asked(caller, request.path, request), self._respond)
        return answer

    def _respond(self, request: Request) -> Answer:
        try:
            self._admit(request.authorization)
            said = self._answer(request)
        except RefusalError as refusal:
            return refusal.answer()
        return Answer(200, JSON, json.dumps(said, ensure_ascii=False).encode())

    def _admit(self, authorization: str) -> None:
        word, _, token = authorization.partition(" ")
        if word != "OAuth":
            raise RefusalError(401, "unauthorized", "Unauthorized")
        left = self._far_ends.metrica_tokens
        if token not in left:
            raise RefusalError(403, "invalid_token", "Invalid oauth_token")
        with self._counting:
            if left[token] <= 0:
                raise RefusalError(429, "quota_requests_by_uid", "Exceeded the quota of requests of a user per day")
            left[token] -= 1

    def _answer(self, request: Request) -> dict[str, Any]:
        if of_counter := _COUNTER.fullmatch(request.path):
            counter = self._counter(of_counter[1])
            return _goals(counter) if of_counter[2] else _settings(counter)
        if request.path not in ("/stat/v1/data", "/stat/v1/data/bytime"):
            raise RefusalError(404, "not_found", "Not found")
        counter = self._counter(request.fields.get("ids", ""))
        with self._counting:
            if counter.requests_left <= 0:
                told = "Exceeded the quota of requests of a counter per day"
                raise RefusalError(429, "quota_requests_by_counter_id", told)
            counter.requests_left -= 1
        query = Query.read(request.fields, counter)
        if counter.bearable_days is not None and query.days > counter.bearable_days:
            told = "Query is too complicated. Please reduce the date interval or sampling."
            raise RefusalError(400, "query_error", told)
        if request.path.endswith("bytime"):
            return table.by_time(counter, query, request.fields.get("group", "week"))
        return table.data(counter, query)

    def _counter(self, number: str) -> Counter:
        counter = self._far_ends.counters.get(int(number)) if number.isdecimal() else None
        if counter is None:
            raise RefusalError(404, "not_found", "Entity not found")
        if not counter.is_open:
            raise RefusalError(403, "access_denied", "Access is denied")
        return counter


def _settings(counter: Counter) -> dict[str, Any]:
    return {
        "counter": {
            "id": counter.id,
            "status": "Active",
            "owner_login": "owner-a",
            "create_time": f"{counter.created}T12:00:00+03:00",
            "name": f"counter {counter.id}",
            "time_zone_name": counter.time_zone,
            "filter_robots": 1,
        }
    }


def _goals(counter: Counter) -> dict[str, Any]:
    return {
        "goals": [
            {"id": goal, "name": name, "type": "action", "goal_source": "user", "is_favorite": 0}
            for goal, name in counter.goals.items()
        ]
    }
