#!/usr/bin/env bash
# facebook-business 26.0.3: iterating over an edge ends before the last page, without an error, in two cases.
#
# 1. A page that is paged by time, as the insights of a Facebook page are: `paging` has `previous` and `next`, but no
#    `cursors`. The Cursor follows `next` only through `cursors.after`, so it reads one page and stops.
# 2. A page with `data: []` and a `next`, which Meta's documentation allows for filtered lists ("may be empty": follow
#    `next` until there is none). The Cursor takes an empty page for the end, although it has noted the next one.
#
# So days and posts are missing from a history and nothing says so. Read pages by `paging.next` yourself.
# Output seen is at the end; the script fails if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check facebook-business==26.0.3 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 1; }
"$folder/venv/bin/python" > "$folder/seen" <<'PYTHON'
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.api import Cursor, FacebookAdsApi


class Answer:
    def __init__(self, page):
        self._page = page

    def json(self):
        return self._page

    def headers(self):
        return {}


class Api(FacebookAdsApi):
    """The Graph API of three pages, one after another."""

    def __init__(self, *pages):
        self.pages, self.asked = list(pages), 0

    def call(self, method, path, params=None, **_):
        self.asked += 1
        return Answer(self.pages[self.asked - 1])


def read(*pages):
    api = Api(*pages)
    cursor = Cursor(Page("101"), PagePost, api=api, node_id="101", endpoint="published_posts")
    return [post["id"] for post in cursor], f"{api.asked} of {len(pages)} pages were asked for"


def by_cursor(data, after=None):
    paging = {"cursors": {"before": "x", "after": after or "last"}}
    return {"data": data, "paging": paging | ({"next": f"https://graph.example/?after={after}"} if after else {})}


def by_time(data, since=None):
    paging = {"previous": "https://graph.example/?until=1"}
    return {"data": data, "paging": paging | ({"next": f"https://graph.example/?since={since}"} if since else {})}


a, b, c = ({"id": f"101_{number}"} for number in (1, 2, 3))
print("cursors, no empty page:", *read(by_cursor([a], "A"), by_cursor([b], "B"), by_cursor([c])))
print("paged by time:", *read(by_time([a], 2), by_time([b], 3), by_time([c])))
print("an empty page between:", *read(by_cursor([a], "A"), by_cursor([], "B"), by_cursor([c])))
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
cursors, no empty page: ['101_1', '101_2', '101_3'] 3 of 3 pages were asked for
paged by time: ['101_1'] 1 of 3 pages were asked for
an empty page between: ['101_1'] 2 of 3 pages were asked for
SEEN
