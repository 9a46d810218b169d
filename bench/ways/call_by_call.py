"""VK as a plain loop does it: one call per page of the wall, one per day of statistics, with vk_api."""

import os
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

import requests
import vk_api
from jconfig import MemoryConfig  # type: ignore[import-untyped]
from requests.adapters import HTTPAdapter

from bench.community import FIRST_COMMUNITY, token
from bench.ways.cost import measured


class ToFarEnd(HTTPAdapter):
    """vk_api knows one address only: VK's."""

    def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
        request.url = f"http://127.0.0.1:{os.environ['BENCH_VK']}{urlsplit(str(request.url)).path}"
        return super().send(request, *args, **kwargs)  # type: ignore[arg-type]


def main() -> None:
    first_day, last_day = (date.fromisoformat(day) for day in os.environ["BENCH_DAYS"].split())
    http = requests.Session()
    http.trust_env = False
    http.mount("https://", ToFarEnd())
    vk = vk_api.VkApi(token=token(FIRST_COMMUNITY), api_version="5.199", session=http, config=MemoryConfig).get_api()
    with measured() as told:
        group = vk.groups.getById(group_ids=FIRST_COMMUNITY, fields="members_count")["groups"][0]
        calls, posts, count = 1, 0, 1
        while posts < count:
            page = vk.wall.get(owner_id=-group["id"], offset=posts, count=100)
            calls, posts, count = calls + 1, posts + len(page["items"]), page["count"]
        days = 0
        for number in range((last_day - first_day).days + 1):
            midnight = datetime.combine(first_day + timedelta(days=number), time(), UTC).timestamp()
            given = {"timestamp_from": int(midnight), "timestamp_to": int(midnight) + 86_399, "interval": "day"}
            days += len(vk.stats.get(group_id=group["id"], extended=0, **given))
            calls += 1
        told |= {"requests": calls, "posts": posts, "days": days}


if __name__ == "__main__":
    main()
