"""The far ends from recordings: a blog's January 2024 as GA4 reported it, and the walls of public VK communities.

What was not recorded is not there: metrics GA4 was not asked for are no metrics of this property, comments, members and
statistics of the communities are unknown, and so are views before 2017, which VK did not count yet.
"""

import csv
import json
import re
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import yaml

from sandbox.connections import ga4_connection, vk_connection
from sandbox.data import Community, FarEnds, Post, Property, Question, RefusedError

_PROPERTY = "400000001"
_USER_TOKEN, _SERVICE_TOKEN = "sandbox-user-walls", "sandbox-service-walls"
_DAYS = {"date": "%Y%m%d", "yearMonth": "%Y%m", "isoYearIsoWeek": "%G%V"}
_TRAFFIC = ("sessionSource", "sessionMedium", "sessionCampaignName")
_RECORDED = ("sessions", "engagedSessions", "screenPageViews", "userEngagementDuration")
_NONE_THERE = {"keyEvents": 0, "sessionKeyEventRate": 0, "transactions": 0, "purchaseRevenue": Decimal(0)}  # a blog
_MOSCOW = ZoneInfo("Europe/Moscow")
_VIEWS_SINCE = datetime(2017, 1, 1, tzinfo=_MOSCOW)


class Replay:
    """The recordings in a folder as clients: `blog` with its GA4 property, and one client per wall, by file name.

    first_month, last_month: the months with data (their first days); first_months: the first by client;
    judged_month: the blog's; run_after: the moment the daily run stands for, some days after the walls were read.
    """

    def __init__(self, recordings: Path) -> None:
        reports = recordings / "ga4" / "reports"
        self._by_source, metadata = _report(reports / "sources.json")
        self._by_day, _ = _report(reports / "visitors.json")
        self._time_zone, self._currency = metadata["timeZone"], metadata["currencyCode"]
        self._walls = {file.stem: _wall(file) for file in sorted((recordings / "vk" / "walls").glob("*.csv"))}
        self.run_after = datetime(2025, 5, 5, 6, tzinfo=UTC)
        self.judged_month = date(2024, 1, 1)
        oldest = {name: community.posts[-1].published_at for name, community in self._walls.items()}
        self.first_months = {"blog": self.judged_month} | {
            name: published_at.astimezone(_MOSCOW).date().replace(day=1) for name, published_at in oldest.items()
        }
        self.first_month = min(self.first_months.values())
        self.last_month = date(2025, 4, 1)
        self.clients = tuple(self.first_months)

    def far_ends(self) -> FarEnds:
        """What a sandbox serves: a new object each time, free to be changed."""
        blog = Property(
            id=_PROPERTY,
            time_zone=self._time_zone,
            currency=self._currency,
            dimensions=frozenset({*_DAYS, *_TRAFFIC}),
            metrics=frozenset({*_RECORDED, *_NONE_THERE, "totalUsers"}),
            answer=self._answer,
        )
        return FarEnds(
            now=self.run_after,
            properties={_PROPERTY: blog},
            communities={community.id: community for community in self._walls.values()},
            user_tokens={_USER_TOKEN},
            service_tokens={_SERVICE_TOKEN},
        )

    def connections(self, ports: Mapping[str, int]) -> dict[str, dict[str, object]]:
        """The Airflow connections (id -> JSON form) that the client files name; ports of `ga4` and `vk`."""
        return {
            "ga4_blog": ga4_connection(ports["ga4"]),
            "vk_walls": vk_connection(ports["vk"], _USER_TOKEN, _SERVICE_TOKEN),
        }

    def write(self, to: Path) -> None:
        """Write TO/clients/<id>.yml."""
        files = {
            "blog": {
                "name": "A recorded blog",
                "language": "en",
                "time_zone": self._time_zone,
                "currency": self._currency,
                "started": self.judged_month,
                "sources": {"ga4": {"connection": "ga4_blog", "property": int(_PROPERTY)}},
                # more than Facebook brought in that January, and less than the whole site had
                "targets": {"all.sessions": {"at_least": 500, "main": True}, "site.sessions": {"at_least": 5000}},
                "report": {"to": ["owner@blog.example"], "letters": ["missed"]},
            }
        }
        for name, community in self._walls.items():
            files[name] = {
                "name": community.name,
                "language": "ru",
                "time_zone": _MOSCOW.key,
                "currency": "RUB",
                "started": self.first_months[name],
                "sources": {"vk": {"connection": "vk_walls", "community": community.id}},
                "targets": {"vk.posts": {"at_least": 1, "main": True}},
                "report": {"to": [f"{name}@walls.example"], "letters": ["missed"]},
            }
        folder = to / "clients"
        folder.mkdir(parents=True, exist_ok=True)
        for client, content in files.items():
            text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
            (folder / f"{client}.yml").write_text(text, encoding="utf-8")

    def _answer(self, question: Question) -> pd.DataFrame:
        """By days alone from the report by date; it is not the sum of the report by source, as really recorded."""
        asked = {*question.dimensions, *question.where_dimensions}
        if "totalUsers" in question.metrics and (question.dimensions != ("date",) or asked != {"date"}):
            raise RefusedError(
                "Please remove totalUsers to make the request compatible. The request's dimensions & metrics are "
                "incompatible. To learn more, see https://ga-dev-tools.web.app/ga4/dimensions-metrics-explorer/"
            )
        rows = self._by_source if asked & {*_TRAFFIC} else self._by_day
        rows = rows[rows["day"].between(pd.Timestamp(question.first), pd.Timestamp(question.last))]
        rows = rows.assign(**{name: rows["day"].dt.strftime(form) for name, form in _DAYS.items()})
        if question.where is not None:
            rows = rows[question.where(lambda dimension: pd.Categorical(rows[dimension]))]
        keys = [rows[name] for name in question.dimensions] or [pd.Series("", rows.index)]
        counted = [name for name in question.metrics if name not in _NONE_THERE]
        answer = rows.groupby(keys, sort=True)[counted].sum()
        answer = answer[(answer != 0).any(axis=1)] if counted else answer.iloc[:0]
        absent = {name: [value] * len(answer) for name, value in _NONE_THERE.items() if name in question.metrics}
        answer = answer.reset_index()
        answer[list(absent)] = pd.DataFrame(absent, answer.index, dtype=object)
        return answer[[*question.dimensions, *question.metrics]]


def _report(file: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """One row per recorded row: its dimensions, its metrics as numbers, `day`; and the report's metadata."""
    recorded = json.loads(file.read_text(encoding="utf-8"))["reports"][0]
    headers = recorded["dimensionHeaders"] + recorded["metricHeaders"]
    rows = [[cell["value"] for cell in row["dimensionValues"] + row["metricValues"]] for row in recorded["rows"]]
    table = pd.DataFrame(rows, columns=[header["name"] for header in headers])
    names = [header["name"] for header in recorded["metricHeaders"]]
    table[names] = table[names].astype(np.int64)
    table["engagedSessions"] = table["sessions"] - table["bounces"]
    table["day"] = pd.to_datetime(table["date"], format="%Y%m%d")
    return table.drop(columns="date"), recorded["metadata"]


def _wall(file: Path) -> Community:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    known_id = re.fullmatch(r"(?:club|public)(\d+)", file.stem)
    community_id = int(known_id[1]) if known_id else 300_000_000 + zlib.crc32(file.stem.encode()) % 100_000_000
    posts = [_post(row, community_id) for row in rows]
    posts.sort(key=lambda post: (post.published_at, post.id), reverse=True)
    return Community(id=community_id, name=file.stem, members=None, posts=posts, stats=None)


def _post(row: Mapping[str, str], community_id: int) -> Post:
    published_at = datetime.fromisoformat(row["date"]).replace(tzinfo=_MOSCOW)
    views = int(row["views"])
    return Post(
        id=int(row["post_id"]),
        published_at=published_at.astimezone(UTC),
        likes=int(row["likes"]),
        comments=None,
        reposts=int(row["reposts"]),
        views=None if views == 0 and published_at < _VIEWS_SINCE else views,
        is_repost=False,
        is_ad=False,
        is_pinned=False,
        from_id=-community_id,
        text="",
    )
