"""What GA4 is asked for a job: one question per report.

Every question names its days and is ordered by all of its dimensions: pages of an unordered report may overlap.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from google.analytics.data_v1beta.types import (
    DateRange,
    Dimension,
    Filter,
    FilterExpression,
    FilterExpressionList,
    Metric,
    OrderBy,
    RunReportRequest,
)

from smm import catalogue
from smm.catalogue.networks import Networks
from smm.files import periods
from smm.files.periods import Grain
from smm.sources import Job

PAGE = 250_000  # rows; the most that GA4 gives at once

SESSION_METRICS = (
    "sessions",
    "engagedSessions",
    "screenPageViews",
    "newUsers",
    "userEngagementDuration",
    "keyEvents",
    "sessionKeyEventRate",  # there is no count of sessions with a key event
    "transactions",
    "purchaseRevenue",
)
TOTAL_METRICS = ("activeUsers", *SESSION_METRICS)
BUYER_METRICS = ("totalPurchasers", "firstTimePurchasers")
GRAINS: dict[Grain, str] = {"month": "yearMonth", "week": "isoYearIsoWeek"}


@dataclass(frozen=True)
class Question:
    """One report. Only reports about people have ``scope`` and ``grain``."""

    name: str  # traffic, totals, events, event_totals, users
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]  # the more important first
    first_day: date
    last_day: date
    scope: str | None = None  # whose people: site or a network
    grain: Grain | None = None
    where: FilterExpression | None = None
    without: tuple[str, ...] = ()  # metrics that belong to this report and that GA4 does not give
    said: tuple[str, ...] = ()  # its words about them

    @property
    def report(self) -> str:
        return report_of(self.name)

    @property
    def is_essential(self) -> bool:
        """Without it nothing of the job is worth loading."""
        return self.name in ("totals", "traffic")

    @property
    def is_optional(self) -> bool:
        """It waits for the next run if the quota is low: people of a network, and new and returning ones."""
        return self.name == "users" and (self.scope != "site" or "newVsReturning" in self.dimensions)

    @property
    def is_by_day(self) -> bool:
        return self.dimensions[0] == "date"

    @property
    def is_divisible(self) -> bool:
        """Days can be asked for in parts; the people of a month cannot, they would be counted in each part."""
        return self.is_by_day and self.first_day < self.last_day

    def halves(self) -> tuple["Question", "Question"]:
        middle = self.first_day + (self.last_day - self.first_day) // 2
        return replace(self, last_day=middle), replace(self, first_day=middle + timedelta(days=1))

    def asked(self, offset: int) -> dict[str, Any]:
        """What is asked, as JSON for the archive."""
        return {
            "dimensions": list(self.dimensions),
            "metrics": list(self.metrics),
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "offset": offset,
        }

    def context(self) -> dict[str, Any]:
        """What else is needed to read the answer."""
        told = {"without": list(self.without), "said": list(self.said)}
        return told | ({"scope": self.scope, "grain": self.grain} if self.scope else {})

    def request(self, path: str, offset: int = 0, rows: int | None = None) -> RunReportRequest:
        """The question in GA4's words; ``path`` is ``properties/<number>``. ``rows``: None = as many as GA4 gives."""
        return RunReportRequest(
            property=path,
            dimensions=[Dimension(name=name) for name in self.dimensions],
            metrics=[Metric(name=name) for name in self.metrics],
            date_ranges=[DateRange(start_date=self.first_day.isoformat(), end_date=self.last_day.isoformat())],
            dimension_filter=self.where,
            order_bys=[OrderBy(dimension=OrderBy.DimensionOrderBy(dimension_name=name)) for name in self.dimensions],
            limit=rows or PAGE,
            offset=offset,
            return_property_quota=True,
        )


def report_of(name: str) -> str:
    """The report of core.coverage that the answers to a question of this name are a part of."""
    return "events" if name == "event_totals" else name


def of_job(job: Job) -> Iterator[Question]:
    """Everything to ask for a job, in the order of the answers: what nothing can do without first, people last."""
    days = (job.first_day, job.last_day)
    yield Question("totals", ("date",), TOTAL_METRICS, *days)
    yield Question("traffic", ("date", "sessionSource", "sessionMedium", "sessionCampaignName"), SESSION_METRICS, *days)
    if job.events:
        named = _is_one_of("eventName", job.events, case_sensitive=True)
        by_origin = ("date", "eventName", "sessionSource", "sessionMedium")
        yield Question("events", by_origin, ("eventCount",), *days, where=named)
        yield Question("event_totals", ("date", "eventName"), ("eventCount",), *days, where=named)
    yield from sorted(_people(job), key=lambda question: question.is_optional)


def _people(job: Job) -> Iterator[Question]:
    networks = catalogue.read().networks
    traffic = Traffic(networks)
    is_social = networks.names()
    for scope in ("site", *(name for name in job.networks if is_social.get(name))):
        where = None if scope == "site" else traffic.of(scope)
        for grain, dimension in GRAINS.items():
            first_day = periods.begin(grain, job.first_day)
            of_all = ("activeUsers", *(BUYER_METRICS if scope == "site" else ()))
            about = (first_day, job.last_day, scope, grain, where)
            yield Question("users", (dimension,), of_all, *about)
            yield Question("users", (dimension, "newVsReturning"), ("activeUsers",), *about)


class Traffic:
    """Filters for the sessions of a network, in agreement with the function catalogue.network_of."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks

    def of(self, network: str) -> FilterExpression:
        """Sessions from the network's own sources, with a paid medium if it is a network's ads, else without."""
        own = self._networks.social.get(network)
        is_paid = self._paid()
        if own is not None:
            medium = FilterExpression(not_expression=is_paid)
        else:
            own, medium = self._networks.social[network.removesuffix("_ads")], is_paid
        parts = [_from(own), medium]
        return FilterExpression(and_group=FilterExpressionList(expressions=parts))

    def _paid(self) -> FilterExpression:
        words = [pattern for pattern in self._networks.paid if re.fullmatch(r"[\w -]+", pattern)]
        patterns = [pattern for pattern in self._networks.paid if pattern not in words]
        return _any(_is_one_of("sessionMedium", words), *(_matches("sessionMedium", pattern) for pattern in patterns))


def _from(sources: Sequence[str]) -> FilterExpression:
    """Sessions from these sources; from a domain, or an app, also from what is below it."""
    below = (rf"(.*[./])?{re.escape(source)}/*" for source in sources if "." in source)
    return _any(_is_one_of("sessionSource", sources), *(_matches("sessionSource", pattern) for pattern in below))


def _any(*expressions: FilterExpression) -> FilterExpression:
    return FilterExpression(or_group=FilterExpressionList(expressions=expressions))


def _matches(dimension: str, pattern: str) -> FilterExpression:
    whole = Filter.StringFilter(match_type=Filter.StringFilter.MatchType.FULL_REGEXP, value=pattern)
    return FilterExpression(filter=Filter(field_name=dimension, string_filter=whole))


def _is_one_of(dimension: str, values: Sequence[str], case_sensitive: bool = False) -> FilterExpression:
    among = Filter.InListFilter(values=list(values), case_sensitive=case_sensitive)
    return FilterExpression(filter=Filter(field_name=dimension, in_list_filter=among))
