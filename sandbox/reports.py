"""One GA4 report: a request read, the property asked, its answer written the way Google writes it.

What a request asks beyond that (several or relative date ranges, metric filters, cohorts, other currencies) is refused
and never half answered.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from google.analytics.data_v1beta.types import (
    DimensionHeader,
    DimensionValue,
    MetricHeader,
    MetricType,
    MetricValue,
    OrderBy,
    PropertyQuota,
    ResponseMetaData,
    Row,
    RunReportResponse,
)

from sandbox.data import Property, Question, RefusedError
from sandbox.filters import condition, dimensions_of

TYPES = {
    name: kind
    for kind, names in {
        MetricType.TYPE_INTEGER: "sessions engagedSessions screenPageViews newUsers transactions eventCount "
        "activeUsers totalUsers totalPurchasers firstTimePurchasers",
        MetricType.TYPE_SECONDS: "userEngagementDuration",
        MetricType.TYPE_FLOAT: "keyEvents sessionKeyEventRate",
        MetricType.TYPE_CURRENCY: "purchaseRevenue",
    }.items()
    for name in names.split()
}
_SCHEMA = "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema "  # Google's ends so, too
_MOST_DIMENSIONS, _MOST_METRICS = 9, 10
_USUAL_ROWS, _MOST_ROWS = 10_000, 250_000
_COST = 10  # tokens: what most requests take
_QUOTA = {  # what is left of the quotas that this far end never uses up
    "tokens_per_day": 200_000,
    "tokens_per_hour": 40_000,
    "concurrent_requests": 10,
    "server_errors_per_project_per_hour": 10,
    "potentially_thresholded_requests_per_hour": 120,
}
_UNANSWERED = {"metric_filter", "cohort_spec", "comparisons", "metric_aggregations", "currency_code", "keep_empty_rows"}


def report(prop: Property, request: Any) -> Any:
    """The RunReportResponse to a RunReportRequest (plain protobuf). RefusedError: the request is not in order."""
    if unanswered := _UNANSWERED & {field.name for field, _ in request.ListFields()}:
        raise RefusedError(f"This far end does not answer {', '.join(sorted(unanswered))}.")
    dimensions, metrics = names_of(prop, request)
    first, last = _range(request.date_ranges)
    is_filtered = request.HasField("dimension_filter")
    question = Question(
        first=first,
        last=last,
        dimensions=dimensions,
        metrics=metrics,
        where=condition(request.dimension_filter) if is_filtered else None,
        where_dimensions=dimensions_of(request.dimension_filter),
    )
    answer = _ordered(prop.answer(question), request.order_bys, dimensions)
    page = answer.iloc[request.offset : request.offset + min(request.limit or _USUAL_ROWS, _MOST_ROWS)]
    response = RunReportResponse.pb()(
        dimension_headers=[DimensionHeader.pb()(name=name) for name in dimensions],
        metric_headers=[MetricHeader.pb()(name=name, type_=TYPES[name]) for name in metrics],
        rows=_rows(page, dimensions, metrics),
        row_count=len(answer),
        metadata=ResponseMetaData.pb()(currency_code=prop.currency, time_zone=prop.time_zone),
        kind="analyticsData#runReport",
    )
    if request.return_property_quota:
        left = {**_QUOTA, "tokens_per_project_per_hour": prop.tokens_left}
        quota = {name: {"consumed": _COST if "tokens" in name else 0, "remaining": n} for name, n in left.items()}
        response.property_quota.CopyFrom(PropertyQuota.pb()(**quota))
    return response


def names_of(prop: Property, request: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The dimensions and metrics a request names, all of which the property has."""
    dimensions = tuple(dimension.name for dimension in request.dimensions)
    metrics = tuple(metric.name for metric in request.metrics)
    for kind, names, most in (("dimensions", dimensions, _MOST_DIMENSIONS), ("metrics", metrics, _MOST_METRICS)):
        if len(names) > most:
            raise RefusedError(f"Requests are limited to {most} {kind}. This request is for {len(names)} {kind}.")
        if len(set(names)) < len(names):
            raise RefusedError(f"A request names each of its {kind} once.")
    for kind, names, valid in (
        ("dimension", (*dimensions, *dimensions_of(request.dimension_filter)), prop.dimensions),
        ("metric", metrics, prop.metrics),
    ):
        for name in names:
            if name not in valid:
                advice = f"For a list of valid dimensions and metrics, see {_SCHEMA}"
                raise RefusedError(f"Field {name} is not a valid {kind}. {advice}")
    return dimensions, metrics


def _range(ranges: Sequence[Any]) -> tuple[date, date]:
    if len(ranges) != 1:
        raise RefusedError(f"This far end answers one date range at a time, not {len(ranges)}.")
    try:
        first, last = date.fromisoformat(ranges[0].start_date), date.fromisoformat(ranges[0].end_date)
    except ValueError:
        raise RefusedError("This far end answers explicit dates only: YYYY-MM-DD.") from None
    if first > last:
        raise RefusedError(f"The date range begins on {first} and ends before, on {last}.")
    return first, last


def _ordered(answer: pd.DataFrame, order_bys: Sequence[Any], dimensions: Sequence[str]) -> pd.DataFrame:
    """The rows in the order asked for, ties in the order of the dimensions."""
    answer = answer.sort_values(list(dimensions), ignore_index=True) if dimensions else answer
    for order in reversed(order_bys):
        by = order.dimension.dimension_name or order.metric.metric_name
        if by not in answer.columns:
            raise RefusedError(f"Field {by} is not in the request and cannot order it.")
        keys = answer[by]
        if order.dimension.order_type == OrderBy.DimensionOrderBy.OrderType.CASE_INSENSITIVE_ALPHANUMERIC:
            keys = keys.str.lower()
        elif order.dimension.order_type == OrderBy.DimensionOrderBy.OrderType.NUMERIC:
            keys = pd.to_numeric(keys, errors="coerce")
        answer = answer.loc[keys.sort_values(ascending=not order.desc, kind="stable").index]
    return answer


def _rows(page: pd.DataFrame, dimensions: Sequence[str], metrics: Sequence[str]) -> list[Any]:
    row, dimension_value, metric_value = Row.pb(), DimensionValue.pb(), MetricValue.pb()
    values = [[dimension_value(value=value) for value in page[name]] for name in dimensions]
    numbers = [[metric_value(value=_text(value)) for value in page[name]] for name in metrics]
    return [
        row(dimension_values=[column[i] for column in values], metric_values=[column[i] for column in numbers])
        for i in range(len(page))
    ]


def _text(value: int | float | Decimal) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(int(value)) if value == np.floor(value) else repr(float(value))
