"""Refusals, quotas and faults: what each means, what helps, and how long to wait; and no token in any of it."""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat

import pytest

from sandbox.faults.vk import HTML
from sandbox.loopback import Answer, Request
from smm.sources import Access, BadInput, QuotaSpent, Refused, SourceError, Transient, metrica
from smm.sources.metrica import asking, quota
from smm.sources.metrica.errors import Refusal, failure
from tests.sources.loading import holds_no_secret, load
from tests.sources.metrica.far_end import (
    COUNTER,
    TOKEN,
    Respond,
    Serve,
    answer,
    nothing,
    refusal,
    report,
    scripted,
    work,
)

NOON = datetime(2024, 3, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "kind", "raised", "told"),
    [
        (
            401,
            "unauthorized",
            Refused,
            "Get a new one at oauth.yandex.ru, .* metrika:read, .* the connection's password",
        ),
        (403, "invalid_token", Refused, "does not accept the token"),
        (
            403,
            "access_denied",
            Refused,
            "may not read Metrica's counter 44147844: let its owner add the user .* Access",
        ),
        (403, "", Refused, "metrika:read"),
        (404, "not_found", BadInput, "there is no Metrica's counter 44147844: check the number in the client's file"),
        (
            400,
            "invalid_parameter",
            BadInput,
            "cannot answer the request for Metrica's counter 44147844, HTTP status 400",
        ),
        (429, "quota_requests_by_uid", QuotaSpent, "of the token's user: Metrica gives more at 03:00 Moscow time"),
        (429, "quota_requests_by_counter_id", QuotaSpent, "sends them: Metrica gives more at 03:00 Moscow time"),
        (420, "quota_requests_by_uid", QuotaSpent, "gives more at 03:00 Moscow time"),
        (429, "quota_something_new", QuotaSpent, "does not say when it gives more"),
        (429, "quota_parallel_requests", Transient, "more requests at the same time than Metrica takes"),
        (429, "quota_parallel_requests_by_uid", Transient, "more requests at the same time"),
        (429, "quota_requests_by_ip", Transient, "try again in a minute"),
        (503, "backend_error", Transient, "HTTP status 503"),
        (302, "", BadInput, "HTTP status 302"),
    ],
)
def test_what_each_refusal_means(
    status: int, kind: str, raised: type[SourceError], told: str, metrica_far_end: Serve
) -> None:
    far_end = metrica_far_end(lambda _: refusal(status, kind))
    with pytest.raises(raised, match=told) as error:
        list(asking.ask(work(), far_end.access))
    holds_no_secret(error.value)
    assert "***" in str(error.value), "Metrica's own words, without the token"


def test_a_redirect_is_not_followed(metrica_far_end: Serve) -> None:
    elsewhere = metrica_far_end(scripted(nothing))
    far_end = metrica_far_end(lambda _: Answer(302, "text/html", b"", {"Location": f"{elsewhere.url}/"}))
    with pytest.raises(BadInput):
        load(metrica.SOURCE, work(), far_end.connection)
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2024, 3, 12, 12, tzinfo=UTC), 12),
        (datetime(2024, 3, 12, 23, 59, tzinfo=UTC), 1 / 60),
        (datetime(2024, 3, 12, 0, 0, tzinfo=UTC), 24),
    ],
)
def test_the_quotas_of_a_day_are_renewed_at_3_in_moscow(now: datetime, hours: float) -> None:
    for kind in ("quota_requests_by_uid", "quota_requests_by_counter_id"):
        error = failure(Refusal(429, kind, ""), COUNTER, (), now)
        assert isinstance(error, QuotaSpent)
        assert error.wait == timedelta(hours=hours)
    assert quota.named("quota_grants_requests").wait(now) is None


class Turns:
    """Notes turns and stops."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, tuple[str, ...]]] = []
        self.stopped: list[tuple[str, str | None]] = []

    def take(self, token: str, methods: Collection[str], gap: timedelta) -> datetime:
        assert gap > timedelta(0)
        self.taken.append((token, tuple(methods)))
        return NOON

    def stop(self, token: str, method: str | None, wait: timedelta, reason: str) -> None:
        assert timedelta(0) < wait <= timedelta(days=1)
        assert "03:00 Moscow time" in reason
        self.stopped.append((token, method))


@pytest.mark.parametrize(
    ("kind", "stopped"),
    [
        ("quota_requests_by_uid", [(TOKEN, None)]),
        ("quota_requests_by_counter_id", [(TOKEN, f"counter {COUNTER}")]),  # the token's other counters go on
        ("quota_parallel_requests", []),
        ("quota_something_new", []),
    ],
)
def test_a_spent_quota_stops_the_others_who_would_ask(
    kind: str, stopped: list[tuple[str, str | None]], metrica_far_end: Serve
) -> None:
    turns = Turns()
    far_end = metrica_far_end(lambda _: refusal(429, kind))
    with pytest.raises(SourceError):
        list(asking.ask(work(), Access(far_end.connection, turns, sleep=far_end.slept.append)))
    assert turns.stopped == stopped
    assert len(turns.taken) == len(far_end.asked), "a turn for each request, repeated ones too"
    assert set(turns.taken) == {(TOKEN, (f"counter {COUNTER}",))}


def hung_up(_: Request) -> Answer:
    raise ConnectionAbortedError("a hang-up that was planned")


def cut(_: Request) -> Answer:
    said = answer(report())
    return Answer(said.status, said.content_type, said.body, sent=20)


def page(status: int) -> Respond:
    return lambda _: Answer(status, "text/html", HTML)


FAULTS: dict[str, Respond] = {
    "hung up": hung_up,
    "cut": cut,
    "503": lambda _: refusal(503, "backend_error"),
    "a gateway's page": page(502),
    "a page with status 200": page(200),
    "JSON of another form": lambda _: answer([]),
    "no rows": lambda _: answer({"data": None}),
    "not UTF-8": lambda _: Answer(200, "application/json", b'{"data": "\xff"}'),
    "parallel": lambda _: refusal(429, "quota_parallel_requests"),
}


def after(faults: Iterator[Respond | None], served: Respond) -> Respond:
    def respond(request: Request) -> Answer:
        return (next(faults) or served)(request)

    return respond


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_that_passes_is_outlived(fault: Respond, metrica_far_end: Serve) -> None:
    faults = chain([None, fault, fault], repeat(None))
    far_end = metrica_far_end(after(faults, scripted(nothing)))
    answers = list(asking.ask(work(), far_end.access))
    assert [each.name for each in answers] == ["counter", "totals", "traffic", "users", "users"]
    assert [each.requests for each in answers] == [1, 3, 1, 1, 1]
    assert far_end.slept == [2, 10]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_that_stays_is_transient(fault: Respond, metrica_far_end: Serve) -> None:
    far_end = metrica_far_end(after(repeat(fault), scripted(nothing)))
    with pytest.raises(Transient, match=r"Metrica.* try again in a minute") as error:
        list(asking.ask(work(), far_end.access))
    holds_no_secret(error.value)
    assert len(far_end.asked) == 3


def test_no_token_in_what_is_archived(metrica_far_end: Serve) -> None:
    loaded = load(metrica.SOURCE, work(events=("301",)), metrica_far_end(scripted(nothing)).connection)
    assert len(loaded.answers) == 7
    assert "SECRET" not in repr(loaded.answers)


@pytest.mark.parametrize("say", [str, lambda text: [text], lambda text: {"message": text}, lambda _: None, lambda _: 7])
def test_refusals_of_any_form_are_read(say: Callable[[str], object], metrica_far_end: Serve) -> None:
    far_end = metrica_far_end(lambda _: answer({"errors": say("x"), "code": 403, "message": say("no")}, 403))
    with pytest.raises(Refused):
        list(asking.ask(work(), far_end.access))
