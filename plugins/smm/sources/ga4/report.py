"""One page of a GA4 report, read: its rows, what it makes known, and what GA4 said beside the numbers."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from google.analytics.data_v1beta.types import RunReportResponse

from smm.facts import OF_PERIODS
from smm.files import periods, zones
from smm.files.periods import Grain
from smm.sources import Answer, BadInput, Health, Identity, Job, Known, Rows
from smm.sources.ga4 import BUYERS
from smm.sources.ga4.cells import Cells, Row
from smm.sources.ga4.questions import BUYER_METRICS, SESSION_METRICS, TOTAL_METRICS, report_of

# what a metric that is missing leaves unknown, in the words of include/measures.yml
_MEASURES = {
    "activeUsers": ("users", "new_visitors", "returning_users"),
    "sessions": ("sessions", "key_event_sessions"),  # of sessions with a key event GA4 gives the share only
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
_PEOPLE = ("activeUsers", *BUYER_METRICS)
_VISITORS = {"all": "users", "new": "new_visitors", "returning": "returning_users"}
ORIGIN = ("session_source", "session_medium", "session_campaign")
VISIT_COLUMNS = (  # of SESSION_METRICS
    *("sessions", "engaged_sessions", "page_views", "new_users", "engagement_seconds"),
    *("key_events", "key_event_rate", "purchases", "revenue"),
)


class Report:
    """One page of a report, and the question that it answers."""

    def __init__(self, job: Job, answer: Answer) -> None:
        self._job = job
        self._name = answer.name
        self._request = answer.request
        self._context = answer.context
        # the plain protobuf class: its proto-plus wrapper takes five times as long to give up the rows
        self._page = RunReportResponse.pb().FromString(answer.body)
        self._metadata = self._page.metadata
        currency = self._metadata.currency_code
        if currency and currency != job.currency:
            raise BadInput(
                f"GA4 property {job.options['property']} counts money in {currency}, but the client's file says"
                f" {job.currency}: money in any other currency is refused; change one of the two"
            )
        restrictions = self._metadata.schema_restriction_response.active_metric_restrictions
        self._hidden = {restriction.metric_name for restriction in restrictions}
        self._metrics = [header.name for header in self._page.metric_headers]
        # people are counted from the first day of a period on; what that makes known are the days of the job
        asked = [date.fromisoformat(self._request[key]) for key in ("first_day", "last_day")]
        self._grain: Grain = self._context.get("grain", "month")
        is_of_periods = "grain" in self._context
        self._periods = (
            {_code(self._grain, period): period for period in periods.touched(self._grain, *asked)}
            if is_of_periods
            else {}
        )
        self._first_day, self._last_day = (job.first_day, job.last_day) if is_of_periods else asked
        days = (asked[0] + timedelta(days=n) for n in range((asked[1] - asked[0]).days + 1))
        self._cells = Cells(
            len(self._request["dimensions"]), self._metrics, self._periods or (f"{day:%Y%m%d}" for day in days)
        )

    @property
    def is_answered(self) -> bool:
        return "unanswered" not in self._context

    @property
    def is_last_page(self) -> bool:
        return bool(self._request["offset"] + len(self._page.rows) >= self._page.row_count)

    def identity(self) -> Iterator[Identity]:
        """Whose numbers these are; nothing if the answer does not tell."""
        zone, currency = self._metadata.time_zone, self._metadata.currency_code
        if zone and currency:
            yield Identity({"property": str(self._job.options["property"]), "time_zone": zone, "currency": currency})

    def rows(self) -> Iterator[Rows]:
        match self._name:
            case "traffic":
                yield Rows("traffic", self._plain(SESSION_METRICS), ("day", *ORIGIN, *VISIT_COLUMNS))
            case "totals":
                rows = list(self._plain(TOTAL_METRICS))  # one for each day
                yield Rows("traffic_totals", ([day, *visits] for day, _, *visits in rows), ("day", *VISIT_COLUMNS))
                yield Rows("counts", (self._users_of_day(day, users) for day, users, *_ in rows), OF_PERIODS)
            case "events":
                yield Rows("traffic_events", self._events(is_total=False))
            case "event_totals":
                yield Rows("traffic_events", self._events(is_total=True))
            case "users":
                yield Rows("counts", self._users(), OF_PERIODS)
            case name:
                raise BadInput(f"the archive has an answer {name!r}, which does not belong to any question to GA4")

    def _plain(self, metrics: Sequence[str]) -> Iterator[Row]:
        """Dimensions, then these metrics: None for one that GA4 did not give, or hides from the account."""
        places = self._places(metrics)
        rows = self._cells.clean(self._page.rows)
        if places == list(range(len(self._metrics))):
            yield from rows
            return
        cut = len(self._request["dimensions"])
        for row in rows:
            yield [*row[:cut], *[None if place is None else row[cut + place] for place in places]]

    def _places(self, metrics: Sequence[str]) -> list[int | None]:
        found = {name: place for place, name in enumerate(self._metrics) if name not in self._hidden}
        return [found.get(metric) for metric in metrics]

    def _events(self, is_total: bool) -> Iterator[Row]:
        for day, event, *origin, events in self._plain(("eventCount",)):
            if events is not None:
                yield [day, event, is_total, *(origin or ("", "")), events]

    def _users_of_day(self, day: str, users: str | None) -> Row:
        return ["site", "totals", "users", "day", day, users, day]

    def _users(self) -> Iterator[Row]:
        """One row per period asked for and measure. GA4 leaves out zeros, and numbers about too few people."""
        is_split = len(self._request["dimensions"]) == 2
        counted = {
            (code, rest[0] if is_split else "all"): rest[-len(_PEOPLE) :] for code, *rest in self._plain(_PEOPLE)
        }
        is_blurred = self._metadata.subject_to_thresholding or self._cells.misplaced
        absent = [None if place is None or is_blurred else "0" for place in self._places(_PEOPLE)]
        scope = self._context["scope"]
        for code, period in self._periods.items():
            through_day = min(periods.end(self._grain, period), date.fromisoformat(self._request["last_day"]))
            # people whom GA4 cannot place, (not set), are neither new nor returning; they are in "all"
            for visitors in ("new", "returning") if is_split else ("all",):
                users, *buyers = counted.get((code, visitors), absent)
                numbers = {_VISITORS[visitors]: users}
                if scope == "site" and not is_split:
                    numbers |= dict(zip(BUYERS, buyers, strict=True))
                for measure, value in numbers.items():
                    yield [scope, "users", measure, self._grain, period, value, through_day]

    def oddities(self) -> Iterator[Known | Health]:
        """What is impossible in the rows of this page, once they are read, and what that leaves unknown."""
        report, told = report_of(self._name), []
        for code, found in self._cells.impossible.items():
            cells = {metric: text for metric, text in found.items() if metric not in self._hidden}
            if cells:
                texts = [f"GA4 gave {text!r} as {metric}" for metric, text in cells.items()]
                measures = tuple(measure for metric in cells for measure in _MEASURES[metric])
                yield Known(report, *self._days_of(code), reason="; ".join(texts), without=measures)
                told += [f"{text} of {code}" for text in texts]
        if self._cells.misplaced:
            values = ", ".join(f"{value!r}" for value, _ in self._cells.misplaced.most_common(3))
            rows = self._cells.misplaced.total()
            told.append(f"GA4 put {rows} row{'s' * (rows > 1)} under {values}, outside the requested days")
            yield Known(report, self._first_day, self._last_day, state="flagged", reason=told[-1])
        if told:
            offset = self._request["offset"]
            yield Health({f"odd.{self._title}{f'.{offset}' if offset else ''}": told[:10]})

    def _days_of(self, code: str) -> tuple[date, date]:
        """The days that a value of the first dimension makes known."""
        if self._periods:
            return self._first_day, self._last_day
        day = datetime.strptime(code, "%Y%m%d").date()  # noqa: DTZ007  (a day of the property's)
        return day, day

    def known(self) -> Iterator[Known]:
        """The days asked for, rows or not: a healthy answer knows a zero. Of what is hidden, that it is."""
        report = report_of(self._name)
        doubts = list(self._doubts())
        without, hidden = self._context["without"], [metric for metric in self._metrics if metric in self._hidden]
        reasons = [*doubts]
        if without:
            reasons.append(f"GA4 does not give {', '.join(without)}: {' '.join(self._context.get('said', []))}")
        if hidden:
            reasons.append(f"GA4 hides {', '.join(hidden)} from the account")
        yield Known(
            report,
            self._first_day,
            self._last_day,
            state="flagged" if doubts else "known",
            reason="; ".join(reasons) or None,
            without=tuple(measure for metric in (*without, *hidden) for measure in _MEASURES[metric]),
        )
        for metric in hidden:
            for measure in _MEASURES[metric]:
                reason = f"the account may not see {metric} in GA4: give it a role without that restriction"
                yield Known(f"{report}.{measure}", self._first_day, self._last_day, state="no_access", reason=reason)

    def failed(self) -> Iterator[Known]:
        """The days that GA4 failed at, if it is such a report: nothing of them is known yet."""
        if self._context.get("is_failed") and not self._periods:
            reason = self._context["unanswered"]
            yield Known(report_of(self._name), self._first_day, self._last_day, state="unanswered", reason=reason)

    def _doubts(self) -> Iterator[str]:
        for sample in self._metadata.sampling_metadatas:
            yield f"GA4 counted a sample of {_share(sample):.0%} of the events"
        if self._metadata.subject_to_thresholding:
            yield "GA4 withholds rows about few people"
        if self._metadata.data_loss_from_other_row:
            yield "GA4 put rare values together as (other)"
        for truncation in self._metadata.data_truncation_reasons:
            yield f"GA4 cut the data: {truncation.data_truncation_message}"

    def health(self) -> dict[str, Any]:
        """What GA4 said beside the numbers, by report: of people, whose and by what; of a part of the days, which."""
        facts: dict[str, Any] = {}
        if quota := self._context.get("quota_left"):
            facts["quota_left"] = quota
        if not self.is_answered:
            return facts | {f"unanswered.{self._title}": self._context["unanswered"]}
        facts |= {
            "currency": self._metadata.currency_code,
            "time_zone": self._metadata.time_zone,
            f"rows.{self._title}": self._page.row_count,
        }
        if self._metadata.time_zone and not zones.alike(self._metadata.time_zone, self._job.time_zone):
            facts["zone_mismatch"] = (
                f"GA4's time zone is {self._metadata.time_zone}, but the client's file says {self._job.time_zone}"
            )
        if self._metadata.empty_reason:
            facts[f"empty.{self._title}"] = self._metadata.empty_reason
        if doubts := list(self._doubts()):
            facts[f"doubts.{self._title}"] = doubts
        for sample in self._metadata.sampling_metadatas:
            facts[f"sampled_share.{self._title}"] = round(_share(sample), 4)
        if self._context["without"]:
            facts[f"without.{self._title}"] = self._context["without"]
        if self._hidden:
            facts["hidden_metrics"] = sorted(self._hidden)
        return facts

    @property
    def _title(self) -> str:
        if "grain" in self._context:
            about = [self._context["scope"], self._context["grain"], *self._request["dimensions"][1:]]
        elif (self._first_day, self._last_day) != (self._job.first_day, self._job.last_day):
            about = [f"{self._first_day}..{self._last_day}"]
        else:
            about = []
        return ".".join([self._name, *about])


def _share(sample: Any) -> float:
    """How much of the events a sample is, 0..1."""
    return float(sample.samples_read_count / max(sample.sampling_space_size, 1))


def _code(grain: Grain, period: date) -> str:
    """A period as GA4 writes it: yearMonth such as 202401, isoYearIsoWeek such as 202405."""
    year, week, _ = period.isocalendar()
    return f"{period:%Y%m}" if grain == "month" else f"{year}{week:02}"
