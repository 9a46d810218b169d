"""One report of Metrica as it was archived: the question, the pages, and what Metrica said beside the numbers."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from smm.sources import Answer, Health, Job, Known
from smm.sources.metrica.questions import USERS, session_metrics

Json = dict[str, Any]

NEVER_GIVEN = ("key_events", "key_event_sessions")


class Reply:
    """``heads``: the pages that were read, without their rows."""

    def __init__(self, job: Job, answer: Answer) -> None:
        self._job = job
        self._context = answer.context
        self._body = answer.body
        self._measures = {metric: measure for measure, metric in session_metrics(job.currency).items()}
        self.name = answer.name
        self.report = "events" if answer.name in ("events", "event_totals") else answer.name
        self.metrics: list[str] = answer.context["metrics"]
        self.first_day, self.last_day = (date.fromisoformat(answer.context[key]) for key in ("first_day", "last_day"))
        self.heads: list[Json] = []

    @property
    def why_unanswered(self) -> str | None:
        why: str | None = self._context.get("unanswered")
        return why

    def pages(self) -> Iterator[list[Any]]:
        """The rows of each page, one page at a time. Numbers with a point are Decimals, NaN and its like are texts."""
        decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=str)
        text, place = self._body.decode(), 0
        while place < len(text):
            page, place = decoder.raw_decode(text, place)
            place += 1  # the line's end between two pages
            rows = page.pop("data")
            self.heads.append(page)
            yield rows if isinstance(rows, list) else []

    def measures(self, metrics: Iterable[str]) -> tuple[str, ...]:
        """What is unknown without these metrics, in the words of the catalogue."""
        names = self._measures | {USERS: "users"}
        return tuple(names.get(metric, "forms") for metric in metrics)

    def known(self, first_day: date, last_day: date, doubts: Iterable[str] = ()) -> Iterator[Known]:
        """These days, rows or not: a healthy answer knows a zero. To be called once all pages are read."""
        if self.why_unanswered:
            yield Known(self.report, first_day, last_day, "unanswered", self.why_unanswered)
            return
        without, said = self._context["without"], " ".join(self._context["said"])
        refused = f"Metrica does not give {', '.join(without)}: {said}" if without else ""
        if without and self.report == "events":
            # another goal's visits are no zero of this one; and what was known of it before stays
            yield Known(self.report, first_day, last_day, "no_access", f"{refused}. Was the goal deleted?")
            return
        doubts = [*self._doubts(), *doubts]
        never = NEVER_GIVEN if self.report in ("totals", "traffic") else ()
        yield Known(
            self.report,
            first_day,
            last_day,
            state="flagged" if doubts else "known",
            reason="; ".join(filter(None, [*doubts, refused])) or None,
            without=(*self.measures(without), *never),
        )

    def _doubts(self) -> Iterator[str]:
        if any(head.get("sampled") for head in self.heads):
            share = self._share()
            yield f"Metrica counted a sample of {share:.0%} of the visits" if share else "Metrica counted a sample"
        if any(head.get("contains_sensitive_data") for head in self.heads):
            yield "Metrica withholds rows about fewer than 10 visitors"

    def _share(self) -> float | None:
        shares = [head.get("sample_share") for head in self.heads]
        return min((float(share) for share in shares if isinstance(share, int | Decimal)), default=None)

    def health(self) -> Health:
        """What Metrica said beside the numbers, by report; of a part of the days, which."""
        if self.why_unanswered:
            return Health({f"unanswered.{self._title}": self.why_unanswered})
        facts: dict[str, Any] = {}
        for head in self.heads[:1]:
            lag, query = head.get("data_lag"), head.get("query")
            if isinstance(lag, int):
                facts[f"data_lag.{self._title}"] = lag  # seconds
            if isinstance(query, dict) and query.get("attribution"):
                facts["attribution"] = str(query["attribution"])
            if head.get("sampled"):
                facts[f"sampled_share.{self._title}"] = self._share()
        if doubts := list(self._doubts()):
            facts[f"doubts.{self._title}"] = doubts
        if self._context["without"]:
            facts[f"without.{self._title}"] = self._context["without"]
        return Health(facts)

    @property
    def _title(self) -> str:
        if "grain" in self._context:
            return f"{self.name}.{self._context['grain']}"
        is_part = (self.first_day, self.last_day) != (self._job.first_day, self._job.last_day)
        return f"{self.name}.{self.first_day}..{self.last_day}" if is_part else self.name
