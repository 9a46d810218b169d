"""What the other ways ask: the product's own question for traffic, by Google's own client."""

import os
from datetime import date

import grpc
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.services.beta_analytics_data.transports import BetaAnalyticsDataGrpcTransport
from google.analytics.data_v1beta.types import RunReportRequest

from smm.sources import Job
from smm.sources.ga4.questions import of_job

COLUMNS = (
    *("day", "session_source", "session_medium", "session_campaign"),
    *("sessions", "engaged_sessions", "page_views", "new_users", "engagement_seconds"),
    *("key_events", "key_event_rate", "purchases", "revenue"),
)
WAREHOUSE = os.environ["BENCH_WAREHOUSE"]
FIRST_DAY, LAST_DAY = (date.fromisoformat(day) for day in os.environ["BENCH_DAYS"].split())

_JOB = Job("bench", "ga4", {}, "Europe/Moscow", "RUB", FIRST_DAY, LAST_DAY)
_QUESTION = next(question for question in of_job(_JOB) if question.name == "traffic")


def request(offset: int) -> RunReportRequest:
    """One page, of 250,000 rows."""
    return _QUESTION.request("properties/1", offset)


def client() -> BetaAnalyticsDataClient:
    options = [("grpc.max_receive_message_length", -1), ("grpc.enable_http_proxy", 0)]
    channel = grpc.insecure_channel(f"127.0.0.1:{os.environ['BENCH_GA4']}", options=options)
    return BetaAnalyticsDataClient(transport=BetaAnalyticsDataGrpcTransport(channel=channel))
