"""Meta's recorded answers: what was asked, what was said, and a script that says it again to the same question."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.conftest import RECORDINGS
from tests.sources.graph.far_end import Asked

META = RECORDINGS / "meta"

Json = dict[str, Any]


def body(name: str) -> Any:
    return json.loads((META / name).read_text("utf-8"))


def answers(name: str) -> Iterator[tuple[str, Json, Json]]:
    """Of each answer of a file: the path, the fields, and Meta's body."""
    told = body(name)
    for one in told.get("answers", [told]):
        url = urlsplit(one["request"].split()[1])
        yield url.path.split("/", 2)[2], dict(parse_qsl(url.query)), one["body"]


KEYS = ("period", "since", "until", "metric_type", "breakdown")


class Replayed:
    """Says of each metric what was recorded of it for the same object, period and dates; of others, nothing."""

    def __init__(self, *names: str) -> None:
        self.answered: set[tuple[str, ...]] = set()
        self._entries: dict[tuple[str, ...], tuple[Json, Any]] = {}
        for name in names:
            for path, fields, told in answers(name):
                for entry in told["data"]:
                    self.add(path, fields | {"metric": entry["name"]}, entry, told.get("paging"))

    def add(self, path: str, fields: Json, entry: Json, paging: Any = None) -> None:
        self._entries[self._key(path, fields, fields["metric"])] = entry, paging

    def __call__(self, asked: Asked) -> Json:
        found = []
        for metric in asked.fields["metric"].split(","):
            key = self._key(asked.path, asked.fields, metric)
            if key in self._entries:
                self.answered.add(key)
                found.append(self._entries[key])
        return {"data": [entry for entry, _ in found]} | ({"paging": found[0][1]} if found and found[0][1] else {})

    @property
    def unasked(self) -> set[tuple[str, ...]]:
        """What was recorded of questions that were not put."""
        return self._entries.keys() - self.answered

    def _key(self, path: str, fields: Json, metric: str) -> tuple[str, ...]:
        return (path, metric, *(str(fields.get(key, "")) for key in KEYS))


def day(text: str) -> date:
    """Such as 07-12, of 2026."""
    return date.fromisoformat(f"2026-{text}")
