"""A Page and an Instagram account of known numbers, and the ways to ask for them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import requests

from sandbox.data import Account, FarEnds, Page, Publication, Remark

PAGE, ACCOUNT = 100000000000001, 17841400000000001
TOKEN, STRANGER = "EAAsystemuser", "EAAstranger"  # who has a role on both, and who has none
NOW = datetime(2026, 7, 16, 12, tzinfo=UTC)  # of California the 15th is over
COLUMNS = (
    *("followers", "gained", "lost", "likes", "comments", "shares", "saves", "views", "views_ads", "engagements"),
    *("interactions", "visits", "taps", "clicks", "reach"),
)

Json = dict[str, Any]
Ask = Callable[..., tuple[int, Any]]


def by_day(last_day: str = "2026-07-15") -> pd.DataFrame:
    """Two years; of each column another number every day."""
    days = pd.date_range("2024-07-01", last_day)
    numbers = {name: np.arange(len(days)) + 1000 * at for at, name in enumerate(COLUMNS, 1)}
    return pd.DataFrame({"day": days} | numbers | {"audience": 100_000})


def publication(number: int, kind: str, **values: Any) -> Publication:
    """The higher its number, the older it is."""
    counters = dict.fromkeys(("likes", "comments", "shares", "saves", "views", "reach", "clicks"), number)
    plain: dict[str, Any] = {"id": number, "published_at": NOW - timedelta(hours=number), "kind": kind, **counters}
    return Publication(**plain | values)


def talk() -> tuple[Remark, ...]:
    """Four comments with two answers to the second of them, one of which is the page's own."""
    at = [NOW - timedelta(minutes=ago) for ago in (50, 40, 30, 20, 10, 5)]
    below = [None, None, 502, 502, None, None]
    return tuple(
        Remark(501 + nth, moment, is_own=nth in (3, 4), parent=parent)
        for nth, (moment, parent) in enumerate(zip(at, below, strict=True))
    )


def far_ends() -> FarEnds:
    posts = [publication(number, "added_photos") for number in range(1, 6)]
    media = [publication(number, "REELS") for number in range(11, 15)]
    posts[1] = publication(2, "shared_story", shares=0)
    posts[0], media[0] = publication(1, "added_photos", talk=talk()), publication(11, "REELS", talk=talk())
    media[3] = publication(14, "FEED", is_before_business=True)
    return FarEnds(
        now=NOW,
        pages={PAGE: Page(PAGE, "Yarko", by_day(), posts)},
        accounts={ACCOUNT: Account(ACCOUNT, "yarko", by_day(), media)},
        meta_tokens={TOKEN: {PAGE, ACCOUNT}, STRANGER: set()},
    )


def asking(address: str, http: requests.Session) -> Ask:
    """Of a path, by default with the token that it takes: status, and what was said."""

    def ask(path: str, *, token: str | None = None, **fields: Any) -> tuple[int, Any]:
        of_page = f"{TOKEN}-page-{PAGE}" if path.startswith(f"{PAGE}/") or "_" in path else TOKEN
        headers = {"Authorization": f"Bearer {token or of_page}"}
        response = http.get(f"{address}/v26.0/{path}", params=fields, headers=headers, timeout=30)
        return response.status_code, response.json()

    return ask
