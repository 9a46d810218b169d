"""Google Analytics 4, by the Data API v1beta: what the visitors of a client's site did, and which networks sent them.

GA4's days are those of the property's time zone; they are never shifted. Values stay the texts that GA4 sent:
Postgres types them. Reports: ``traffic`` (day x source x medium x campaign), ``totals`` (day), ``events`` (day x event
x source x medium, and day x event) and ``users`` (people per month and ISO week, of the site and of each network).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from google.analytics.data_v1beta.types import RunReportResponse

from smm.sources import Access, Answer, BadInput, Health, Job, Known, Rows, ga4_property, periods
from smm.sources.ga4_questions import BUYER_METRICS, SESSION_METRICS, TOTAL_METRICS, questions
from smm.sources.periods import Grain

_OF_SESSIONS = (
    *("sessions", "engaged_sessions", "page_views", "new_users", "engagement_seconds"),
    *("key_events", "key_event_rate", "purchases", "revenue"),
)
RELATIONS = {
    "ga4_traffic": ("day", "session_source", "session_medium", "session_campaign", *_OF_SESSIONS),
    "ga4_totals": ("day", "active_users", *_OF_SESSIONS),
    "ga4_events": ("day", "event", "is_total", "session_source", "session_medium", "events"),
    "ga4_users": (
        *("grain", "period", "network", "visitors"),
        *("active_users", "buyers", "first_buyers", "through_day"),
    ),
}

# what a metric that is missing leaves unknown, in the words of include/measures.yml
_MEASURES = {
    "activeUsers": ("users", "new_visitors", "returning_users"),
    "sessions": ("sessions",),
    "engagedSessions": ("engaged_sessions",),
    "screenPageViews": ("page_views",),
    "newUsers": ("new_users",),
    "userEngagementDuration": ("engagement_seconds",),
    "keyEvents": ("key_events",),
    "sessionKeyEventRate": ("key_event_sessions",),
    "transactions": ("purchases",),
    "purchaseRevenue": ("revenue",),
    "totalPurchasers": ("buyers",),
    "firstTimePurchasers": ("first_buyers",),
    "eventCount": ("forms",),
}

_Row = Sequence[Any]


def ask(job: Job, access: Access) -> Iterator[Answer]:
    """Each page of each report, as protobuf bytes. Raises SourceError."""
    with ga4_property.opened(access.connection, job.options["property"]) as asked:
        for question, page in asked.ask(list(questions(job))):
            yield Answer(question.name, question.described(page.offset), page.body, datetime.now(UTC))


def read(job: Job, answers: Iterable[Answer]) -> Iterator[Rows | Known | Health]:
    """Rows and what they make known. Raises BadInput for money in another currency than the client's."""
    for answer in answers:
        report = _Report(job, answer)
        yield Health(report.health())
        yield report.rows()
        if report.is_last_page:
            yield report.known()


class _Report:
    """One page of a report, and the question that it answers."""

    def __init__(self, job: Job, answer: Answer) -> None:
        self._job = job
        self._name = answer.name
        self._request = answer.request
        # the plain protobuf class: its proto-plus wrapper takes five times as long to give up the rows
        self._page = RunReportResponse.pb().FromString(answer.body)
        self._metadata = self._page.metadata
        currency = self._metadata.currency_code
        if currency and currency != job.currency:
            raise BadInput(
                f"GA4 property {job.options['property']} counts money in {currency} and the client's file says"
                f" {job.currency}: money in any other currency is refused; change one of the two"
            )
        restrictions = self._metadata.schema_restriction_response.active_metric_restrictions
        self._hidden = {restriction.metric_name for restriction in restrictions}
        self._metrics = [header.name for header in self._page.metric_headers]

    @property
    def is_last_page(self) -> bool:
        return bool(self._request["offset"] + len(self._page.rows) >= self._page.row_count)

    def rows(self) -> Rows:
        match self._name:
            case "traffic":
                return Rows("ga4_traffic", self._plain(SESSION_METRICS))
            case "totals":
                return Rows("ga4_totals", self._plain(TOTAL_METRICS))
            case "events":
                return Rows("ga4_events", self._events(is_total=False))
            case "event_totals":
                return Rows("ga4_events", self._events(is_total=True))
            case "users":
                return Rows("ga4_users", self._users())
        raise BadInput(f"the archive has an answer {self._name!r}, which no question to GA4 has")

    def _plain(self, metrics: Sequence[str]) -> Iterator[_Row]:
        """Dimensions, then these metrics: None for one that GA4 did not give, or hides from the account."""
        places = self._places(metrics)
        for row in self._page.rows:
            values = row.metric_values
            yield [
                *[dimension.value for dimension in row.dimension_values],
                *[None if place is None else values[place].value for place in places],
            ]

    def _places(self, metrics: Sequence[str]) -> list[int | None]:
        found = {name: place for place, name in enumerate(self._metrics) if name not in self._hidden}
        return [found.get(metric) for metric in metrics]

    def _events(self, is_total: bool) -> Iterator[_Row]:
        for day, event, *origin, events in self._plain(("eventCount",)):
            yield [day, event, is_total, *(origin or ("", "")), events]

    def _users(self) -> Iterator[_Row]:
        """One row per period asked for and kind of visitor; nobody is a zero, unless GA4 withholds small numbers."""
        if not self._metrics:
            return
        grain: Grain = self._request["grain"]
        is_split = len(self._request["dimensions"]) == 2
        places = self._places(("activeUsers", *BUYER_METRICS))
        counted = {
            (_period(grain, row.dimension_values[0].value), row.dimension_values[1].value if is_split else "all"): row
            for row in self._page.rows
        }
        first_day, last_day = (date.fromisoformat(self._request[key]) for key in ("first_day", "last_day"))
        for period in periods.touched(grain, first_day, last_day):
            through_day = min(periods.end(grain, period), last_day)
            # people whom GA4 cannot place, (not set), are neither new nor returning; they are in "all"
            for visitors in ("new", "returning") if is_split else ("all",):
                row = counted.get((period, visitors))
                if row is not None:
                    values = [None if place is None else row.metric_values[place].value for place in places]
                elif self._metadata.subject_to_thresholding:
                    continue
                else:
                    values = [None if place is None else "0" for place in places]
                yield [grain, period, self._request["scope"], visitors, *values, through_day]

    def known(self) -> Known:
        """The job's days, rows or not: a healthy answer knows a zero."""
        report = {"event_totals": "events"}.get(self._name, self._name)
        doubts = "; ".join(self._doubts())
        missing = [*self._request["without"], *(metric for metric in self._metrics if metric in self._hidden)]
        return Known(
            report,
            self._job.first_day,
            self._job.last_day,
            state="flagged" if doubts else "known",
            reason=doubts or None,
            without=tuple(measure for metric in missing for measure in _MEASURES[metric]),
        )

    def _doubts(self) -> Iterator[str]:
        for sample in self._metadata.sampling_metadatas:
            share = sample.samples_read_count / max(sample.sampling_space_size, 1)
            yield f"GA4 counted a sample of {share:.0%} of the events"
        if self._metadata.subject_to_thresholding:
            yield "GA4 withholds rows about few people"
        if self._metadata.data_loss_from_other_row:
            yield "GA4 put rare values together as (other)"
        for truncation in self._metadata.data_truncation_reasons:
            yield f"GA4 cut the data: {truncation.data_truncation_message}"

    def health(self) -> dict[str, Any]:
        """What GA4 said beside the numbers; of a report about people, the key names whose and by what."""
        about = [self._request[key] for key in ("scope", "grain") if key in self._request]
        name = ".".join([self._name, *about, *self._request["dimensions"][1:]] if about else [self._name])
        facts: dict[str, Any] = {
            "currency": self._metadata.currency_code,
            "time_zone": self._metadata.time_zone,
            f"rows.{name}": self._page.row_count,
        }
        if self._metadata.time_zone and self._metadata.time_zone != self._job.time_zone:
            facts["zone_mismatch"] = (
                f"GA4's days are those of {self._metadata.time_zone}, the client's file says {self._job.time_zone}"
            )
        if self._metadata.empty_reason:
            facts[f"empty.{name}"] = self._metadata.empty_reason
        if doubts := list(self._doubts()):
            facts[f"doubts.{name}"] = doubts
        if self._hidden:
            facts["hidden_metrics"] = sorted(self._hidden)
        if self._page.HasField("property_quota"):
            quota = self._page.property_quota
            facts["quota_left"] = {field.name: getattr(quota, field.name).remaining for field, _ in quota.ListFields()}
        return facts


def _period(grain: Grain, code: str) -> date:
    """The first day of a yearMonth such as 202401 or an isoYearIsoWeek such as 202405."""
    year, number = int(code[:4]), int(code[4:])
    return date(year, number, 1) if grain == "month" else date.fromisocalendar(year, number, 1)
