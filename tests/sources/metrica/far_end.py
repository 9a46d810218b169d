"""A Metrica that says what a test lets it say, over real HTTP, and remembers what it was asked."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sandbox.loopback import Answer as HttpAnswer
from sandbox.loopback import Request, Server
from smm.files import periods
from smm.sources import Access, Answer, Job, metrica
from smm.sources.metrica import questions
from tests.sources.loading import Connection, Loaded, job

TOKEN = "SECRET-y0_AgAAAAB7f3a"
COUNTER = 44147844
FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)
SETTINGS = {"id": COUNTER, "status": "Active", "time_zone_name": "Europe/Moscow", "owner_login": "owner-a"}

Respond = Callable[[Request], HttpAnswer]
Script = Callable[[Request], Any]
"""A request for a report -> what Metrica says: an Answer, or JSON."""


class MetricaFarEnd:
    """`asked` are the requests that it got; `slept` the seconds that the source would have waited."""

    def __init__(self, respond: Respond) -> None:
        self.asked: list[Request] = []
        self.slept: list[float] = []
        self._respond = respond
        self._server = Server(0, self._answer)
        self.url = self._server.url
        self.connection = Connection(host=self.url, password=TOKEN)

    def _answer(self, request: Request) -> HttpAnswer:
        self.asked.append(request)
        return self._respond(request)

    @property
    def reports(self) -> list[Request]:
        return [request for request in self.asked if request.path.startswith("/stat/")]

    @property
    def access(self) -> Access:
        return Access(self.connection, sleep=self.slept.append)

    def stop(self) -> None:
        self._server.stop()


Serve = Callable[[Respond], MetricaFarEnd]


def work(**values: Any) -> Job:
    """Three days of March 2024 of a client with a counter."""
    plain = {"network": "metrica", "options": {"connection": "metrica_yarko", "counter": COUNTER}}
    return job(**plain | values)


def read(job: Job, name: str, *pages: Any) -> Loaded:
    """What comes of the answer to the job's question of this name, read from the archive."""
    question = next(question for question in questions.of_job(job) if question.name == name)
    body = b"\n".join(json.dumps(page).encode() for page in pages)
    loaded = Loaded()
    fetched_at = datetime(2024, 3, 12, tzinfo=UTC)
    answered = Answer(name, question.asked(COUNTER), body, fetched_at, context=question.context())
    loaded.take(metrica.SOURCE.read(job, [answered]))
    return loaded


def answer(said: Any, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status, "application/json; charset=utf-8", json.dumps(said, ensure_ascii=False).encode())


def refusal(status: int, kind: str, message: str = f"said with {TOKEN}") -> HttpAnswer:
    told = {"errors": [{"error_type": kind, "message": message}], "code": status, "message": message}
    return answer(told, status)


def scripted(script: Script, **settings: Any) -> Respond:
    """The counter's settings are answered; of a report, what the script says."""

    def respond(request: Request) -> HttpAnswer:
        if request.path.startswith("/management/"):
            return answer({"counter": SETTINGS | settings})
        said = script(request)
        return said if isinstance(said, HttpAnswer) else answer(said)

    return respond


def listed(request: Request, name: str) -> tuple[str, ...]:
    return tuple(part for part in request.fields.get(name, "").split(",") if part)


def days(request: Request) -> tuple[str, str]:
    return request.fields["date1"], request.fields["date2"]


def report(rows: Sequence[tuple[Sequence[Any], Sequence[Any]]] = (), **values: Any) -> dict[str, Any]:
    """An answer of these rows: values of dimensions (a text is a name without an id), and numbers."""
    data = [
        {"dimensions": [each if isinstance(each, dict) else {"name": each} for each in dimensions], "metrics": numbers}
        for dimensions, numbers in rows
    ]
    plain = {
        "query": {"attribution": "LastSign", "currency": "RUB"},
        "data": data,
        "total_rows": len(data),
        "total_rows_rounded": False,
        "sampled": False,
        "contains_sensitive_data": False,
        "sample_share": 1.0,
        "data_lag": 97,
    }
    return plain | values


def nothing(request: Request) -> dict[str, Any]:
    """Nobody came."""
    if request.path.endswith("bytime"):
        return people(request, [0] * len(intervals(request)))
    return report()


def people(request: Request, numbers: Sequence[Any]) -> dict[str, Any]:
    """So many people in each week or month that was asked for."""
    said = report(time_intervals=intervals(request))
    return said | {"data": [{"dimensions": [], "metrics": [list(numbers)]}], "total_rows": 2}


def intervals(request: Request) -> list[list[str]]:
    """The weeks or months that were asked for, the last one clipped, as Metrica does it."""
    grain: Any = request.fields["group"]
    first, last = (date.fromisoformat(day) for day in days(request))
    return [[f"{begin}", f"{min(periods.end(grain, begin), last)}"] for begin in periods.touched(grain, first, last)]


def by_name(**answers: Any) -> Script:
    """What is said to totals, traffic, event_totals, events, weeks and months; a callable is asked. Else nothing."""

    def script(request: Request) -> Any:
        said = answers.get(name_of(request), nothing)
        return said(request) if callable(said) else said

    return script


def name_of(request: Request) -> str:
    if request.path.endswith("bytime"):
        return f"{request.fields['group']}s"
    is_by_origin = len(listed(request, "dimensions")) > 1
    if "goal" in request.fields["metrics"]:
        return "events" if is_by_origin else "event_totals"
    return "traffic" if is_by_origin else "totals"


def source(kind: str | None, engine: str | None = None, *tags: str | None) -> list[dict[str, Any]]:
    """The dimensions of an origin, with the names that Metrica has in Russian."""
    names = {"organic": "Переходы из поисковых систем", "ad": "Переходы по рекламе", "direct": "Прямые заходы"}
    utm = (*tags, None, None, None)[:3]
    return [
        {"name": names.get(kind or "", "Переходы") if kind else None, "id": kind},
        {"name": "Название" if engine else None, "id": engine},
        *({"name": tag} for tag in utm),
    ]
