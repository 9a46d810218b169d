"""What Metrica's refusals mean here: each becomes a `SourceError` that says what the operator should do."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smm.sources import BadInput, QuotaSpent, Refused, SourceError, Transient, remarks
from smm.sources.metrica import quota
from smm.sources.metrica.quota import Quota

TOO_HEAVY = ("query_error", "too_much_rows", "timeout")
TOO_MANY = (420, 429)  # the second since 2018


class TooHeavy(Transient):
    """Metrica does not work this request out; it may well work out one for fewer days."""


class MetricsRefused(BadInput):
    """Metrica does not give these metrics, such as those of a deleted goal, and nothing that is asked with them.

    ``metrics`` is empty if it does not say which.
    """

    def __init__(self, text: str, said: str, metrics: tuple[str, ...]) -> None:
        super().__init__(text)
        self.said = said
        self.metrics = metrics


@dataclass(frozen=True)
class Refusal:
    """What Metrica said instead of an answer."""

    status: int
    kind: str  # its error_type; empty for an answer of another form, such as a gateway's page
    said: str

    @classmethod
    def of(cls, status: int, body: Any, secret: str) -> "Refusal":
        """``body`` as decoded, of any form. The secret is taken out of what was said."""
        told = body if isinstance(body, dict) else {}
        errors = told.get("errors")
        first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
        said = first.get("message") or told.get("message")
        return cls(status, str(first.get("error_type") or ""), remarks.plain(said, [secret]))

    @property
    def quota(self) -> Quota | None:
        return quota.named(self.kind) if self.status in TOO_MANY else None

    @property
    def is_passing(self) -> bool:
        """Whether the same request may well be answered in a moment."""
        if self.quota:
            return self.quota.is_momentary
        if self.kind in TOO_HEAVY:
            return False
        return self.status >= 500 or self.status in (200, 408)  # 200: a page that is no answer


def failure(refusal: Refusal, counter: int, metrics: tuple[str, ...], now: datetime) -> SourceError:
    """A refusal as one of our errors; QuotaSpent says how long to wait. ``metrics``: those that were asked for."""
    whose, said = f"Metrica's counter {counter}", f' (Metrica says: "{refusal.said}")' if refusal.said else ""
    spent = refusal.quota
    if spent and spent.is_momentary:
        return Transient(f"{whose} cannot be read at this moment, {spent.said}{said}; try again in a minute")
    if spent:
        wait = spent.wait(now)
        more = "gives more at 03:00 Moscow time" if wait else "does not say when it gives more"
        return QuotaSpent(f"the quota of {whose} is spent, {spent.said}: Metrica {more}{said}", wait)
    if refusal.kind in TOO_HEAVY or "too complicated" in refusal.said.lower():
        return TooHeavy(f"a request for {whose} is too heavy for Metrica{said}")
    if refusal.is_passing:
        return Transient(
            f"Metrica did not answer for {whose}: HTTP status {refusal.status}{said}; try again in a minute"
        )
    if refusal.status == 401 or refusal.kind == "invalid_token":
        return Refused(
            f"Metrica does not accept the token that asks for {whose}: it ends when it is not used for a year, or when"
            " its user changes the password. Get a new one at oauth.yandex.ru, for an application with the access"
            f" metrika:read, and put it into the connection's password{said}"
        )
    if refusal.status == 403:
        return Refused(
            f"the token's user may not read {whose}: let its owner add the user in the counter's settings, under"
            " Access, for viewing; or give the token's application the access metrika:read at oauth.yandex.ru, and get"
            f" a new token{said}"
        )
    if refusal.status == 404:
        return BadInput(f"there is no {whose}: check the number in the client's file{said}")
    if refusal.status == 400 and metrics and ("metric" in refusal.said.lower() or named(refusal.said, metrics)):
        text = f"Metrica does not give the requested numbers of {whose}{said}"
        return MetricsRefused(text, refusal.said, named(refusal.said, metrics))
    return BadInput(f"Metrica cannot answer the request for {whose}, HTTP status {refusal.status}{said}")


def named(said: str, metrics: tuple[str, ...]) -> tuple[str, ...]:
    """The metrics that are named in Metrica's words, a goal's also by the goal's number."""
    numbers = set(re.findall(r"\d+", said))
    words = set(re.findall(r"[\w:]+", said))
    return tuple(
        metric
        for metric in metrics
        if metric in words or (metric.startswith("ym:s:goal") and numbers & set(re.findall(r"\d+", metric)))
    )
