"""The requests of one job: in parts is asked what Metrica samples or finds too heavy, and without what it refuses."""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from smm.sources import Access, Answer, Job, Refused, Transient
from smm.sources.metrica import about, api, questions
from smm.sources.metrica.api import Counter, Json
from smm.sources.metrica.errors import MetricsRefused, TooHeavy
from smm.sources.metrica.questions import ESSENTIAL, VISITS, Question, of_job

RESTARTS = 3  # of a report that changes while its pages are read


def ask(job: Job, access: Access) -> Iterator[Answer]:
    """The counter's settings, then each report whole: its pages as they were received, one after another.

    Raises SourceError.
    """
    number = job.options["counter"]
    with api.opened(access, number) as counter:
        found = settings(counter)
        noted = counter.requests
        request: Json = {"path": f"/management/v1/counter/{number}"}
        yield Answer("counter", request, json.dumps({"counter": found}).encode(), datetime.now(UTC), noted)
        began = max(job.first_day, about.created_on(found) or job.first_day)
        if began > job.last_day:
            return  # Metrica would say that nobody came
        for question, pages, why in _replies(counter, replace(job, first_day=began)):
            context = question.context() | {"since": began.isoformat()} | ({"unanswered": why} if why else {})
            sent, noted = counter.requests - noted, counter.requests
            body = b"\n".join(pages)
            yield Answer(question.name, question.asked(number), body, datetime.now(UTC), sent, context)


def settings(counter: Counter) -> Json:
    """The counter's own, as far as they are needed. Raises Refused for one that was deleted."""
    _, told = counter.get(f"/management/v1/counter/{counter.number}", {}, "counter")
    found = about.kept(told["counter"])
    if str(found.get("status")).lower() == "deleted":
        raise Refused(f"Metrica's counter {counter.number} was deleted: restore it there, or name another one")
    return found


def _replies(counter: Counter, job: Job) -> Iterator[tuple[Question, list[bytes], str | None]]:
    """Each question as it was asked in the end, with the pages of its answer, or with the reason why there is none.

    Raises the last TooHeavy if Metrica found each part of an essential report too heavy.
    """
    waiting = deque(of_job(job))
    refused: dict[str, str] = {}  # metrics, and what Metrica said of each
    answered: set[str] = set()  # names of questions
    heavy: dict[str, TooHeavy] = {}
    while waiting:
        question = waiting.popleft().left(refused)
        try:
            pages = _pages(counter, question) if question.metrics else []
        except MetricsRefused as refusal:
            refused |= _refused(counter, question, refusal)
            waiting.appendleft(question)
        except TooHeavy as fault:
            heavy[question.name] = fault
            if question.is_divisible:
                waiting.extendleft(reversed(question.halves()))
            else:
                yield question, [], str(fault)
        else:
            if pages is None:
                waiting.extendleft(reversed(question.halves()))
            else:
                answered.add(question.name)
                yield question, pages, None
    for name in ESSENTIAL:
        if name in heavy and name not in answered:
            raise heavy[name]


def _refused(counter: Counter, question: Question, refusal: MetricsRefused) -> dict[str, str]:
    """The metrics that are refused, and Metrica's words. Raises MetricsRefused if nothing can be had without them."""
    found = refusal.metrics or tuple(metric for metric in question.metrics if _is_refused(counter, question, metric))
    if not found or VISITS in found:
        raise refusal
    return dict.fromkeys(found, refusal.said)


def _is_refused(counter: Counter, question: Question, metric: str) -> bool:
    """Whether Metrica refuses this metric by itself: it did not say which of several it means."""
    try:
        _page(counter, replace(question, metrics=(metric,)), 1)
    except MetricsRefused:
        return True
    return False


def _pages(counter: Counter, question: Question) -> list[bytes] | None:
    """All pages of a report, from one state of it: if it changes meanwhile, it is read again.

    None for a sampled report of several days: of fewer days Metrica may count every visit.
    """
    for _ in range(RESTARTS):
        body, first = _page(counter, question, 1)
        if first.get("sampled") and question.is_divisible:
            return None
        pages, rows = [body], first["data"]
        read = len(rows)
        seen = {json.dumps(row.get("dimensions"), sort_keys=True) for row in rows}
        while not question.grain and not _is_whole(first, read, len(rows)):
            body, told = _page(counter, question, read + 1)
            rows = told["data"]
            keys = {json.dumps(row.get("dimensions"), sort_keys=True) for row in rows}
            if not rows or keys & seen or told.get("total_rows") != first.get("total_rows"):
                break
            seen |= keys
            pages.append(body)
            read += len(rows)
        else:
            return pages
    raise Transient(
        f"{question.name} of Metrica's counter {counter.number} changed while it was read, {RESTARTS} times; try again"
        " in a minute"
    )


def _page(counter: Counter, question: Question, offset: int) -> tuple[bytes, Json]:
    return counter.get(question.path, question.params(counter.number, offset), "data", question.metrics)


def _is_whole(told: Json, read: int, rows: int) -> bool:
    """Whether all rows of a report were read. ``rows``: how many its last page has."""
    if told.get("total_rows_rounded") or not isinstance(told.get("total_rows"), int):
        return rows < questions.PAGE
    return bool(read >= told["total_rows"])
