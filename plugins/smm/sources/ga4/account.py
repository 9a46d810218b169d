"""The account that asks GA4: a service account's key, or a far end on this machine that asks for none."""

import json
from pathlib import Path
from typing import Any

import grpc
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.services.beta_analytics_data.transports import BetaAnalyticsDataGrpcTransport
from google.auth.exceptions import GoogleAuthError
from google.oauth2.service_account import Credentials

from smm.files.loopback import is_loopback
from smm.sources import BadInput

SCOPE = "https://www.googleapis.com/auth/analytics.readonly"


def connect(connection: Any) -> tuple[BetaAnalyticsDataClient, str]:
    """Google's client for an Airflow connection, and the name of the account. Raises BadInput.

    ``extra.keyfile_dict`` or ``extra.key_path`` hold a service account's key. ``host`` and ``port`` lead to a far end
    on this machine instead, without encryption and without the key.
    """
    if connection.host:
        return BetaAnalyticsDataClient(transport=_plain(connection.host, connection.port)), "nobody"
    credentials = _credentials(connection.extra_dejson)
    return BetaAnalyticsDataClient(credentials=credentials), credentials.service_account_email


def _plain(host: str, port: int | None) -> BetaAnalyticsDataGrpcTransport:
    if not is_loopback(host) or not port:
        raise BadInput(
            f"the GA4 connection leads to {host}:{port or '(no port)'}; only an address on this machine is allowed,"
            " such as 127.0.0.1 with its port. Clear host and port to ask Google"
        )
    options = [("grpc.max_receive_message_length", -1), ("grpc.enable_http_proxy", 0)]
    return BetaAnalyticsDataGrpcTransport(channel=grpc.insecure_channel(f"{host}:{port}", options=options))


def _credentials(extra: dict[str, Any]) -> Credentials:
    """Raises BadInput without a word of what the key holds."""
    key, place = extra.get("keyfile_dict"), "extra.keyfile_dict"
    if not key and extra.get("key_path"):
        place = f"extra.key_path {extra['key_path']}"
        try:
            key = Path(extra["key_path"]).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{place} cannot be read here: {type(error).__name__}") from None
    if not key:
        raise BadInput("the GA4 connection has no key: put a service account's JSON key into extra.keyfile_dict")
    try:
        info = json.loads(key) if isinstance(key, str) else key
        return Credentials.from_service_account_info(info, scopes=[SCOPE])  # type: ignore[no-untyped-call, no-any-return]
    except (ValueError, TypeError, AttributeError, GoogleAuthError):
        raise BadInput(
            f"{place} of the GA4 connection is not a service account's key: make a new JSON key and put it there"
        ) from None
