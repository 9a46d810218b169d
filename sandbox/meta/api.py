"""The Graph API over HTTP: `GET /v26.0/<path>`, and `POST /v26.0/` with a batch of such calls; pictures of posts.

A system user's token is that of a connection; a Page's own token comes from the Page. Insights and posts of a Page take
the Page's token, an account either. Every answer says which version served it, and how much of the allowance is used.
"""

import json
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from sandbox.data import Account, FarEnds, Page, Publication
from sandbox.faults import Asked
from sandbox.loopback import Answer, Request, Server
from sandbox.meta import comments, insights, nodes, pictures, publications
from sandbox.meta.refusals import GraphError, unknown_object

VERSION = "v26.0"
PACK = 50
ALLOWANCE = 4_800  # calls in an hour
BUSINESS = "100000000000007"
JSON = "application/json; charset=UTF-8"

Json = dict[str, Any]


def serve(far_ends: FarEnds, port: int) -> Server:
    """A running server on 127.0.0.1."""
    server = Server(port, Graph(far_ends).respond)
    far_ends.meta_url = server.url
    return server


class Graph:
    def __init__(self, far_ends: FarEnds) -> None:
        self._far_ends = far_ends
        self._counting = threading.Lock()

    def respond(self, request: Request) -> Answer:
        """The answer, or what was planned for the request's token. A picture is anybody's."""
        if picture := pictures.drawn(self._far_ends, request.path):
            return Answer(200, "image/jpeg", picture)
        caller = request.authorization.removeprefix("Bearer ").partition("-page-")[0]
        answer: Answer = self._far_ends.faults.answer(Asked(caller, request.path, request), self._respond)
        return answer

    def _respond(self, request: Request) -> Answer:
        root, _, path = request.path.removeprefix("/").partition("/")
        if root != VERSION:
            return self._answer(404, GraphError(2500, "Unknown path components").body, path)
        token = request.authorization.removeprefix("Bearer ")
        if path:
            return self._answer(*self._said(path, request.fields, token), path)
        parts, inner = [], ""
        for one in json.loads(request.fields["batch"])[:PACK]:
            inner, _, query = one["relative_url"].partition("?")
            status, body = self._said(inner, dict(parse_qsl(query)), token)
            parts.append({"code": status, "body": json.dumps(body)})
        return self._answer(200, parts, inner)

    def _answer(self, status: int, body: Any, path: str) -> Answer:
        """An account's calls are booked under two ids: that of the business, and its own."""
        used = 100 - self._far_ends.meta_calls_left * 100 // ALLOWANCE
        number = path.partition("/")[0]
        is_account = number.isdecimal() and int(number) in self._far_ends.accounts
        pool = {"type": "instagram" if is_account else "pages", "call_count": used, "total_cputime": 0, "total_time": 0}
        pools = [pool | {"estimated_time_to_regain_access": 0}]
        usage = dict.fromkeys((BUSINESS, number) if is_account else (BUSINESS,), pools)
        headers = {"facebook-api-version": VERSION, "x-business-use-case-usage": json.dumps(usage)}
        return Answer(status, JSON, json.dumps(body, ensure_ascii=False).encode(), headers)

    def _said(self, path: str, fields: Mapping[str, str], token: str) -> tuple[int, Json]:
        try:
            return 200, self._asked(path, fields, token)
        except GraphError as error:
            return error.status, error.body

    def _asked(self, path: str, fields: Mapping[str, str], token: str) -> Json:
        owner, _, of_page = token.partition("-page-")
        if owner not in self._far_ends.meta_tokens:
            raise GraphError(190, "Error validating access token: Session has expired", subcode=463)
        with self._counting:
            if self._far_ends.meta_calls_left <= 0:
                raise GraphError(4, "(#4) Application request limit reached", status=403)
            self._far_ends.meta_calls_left -= 1
        name, _, edge = path.partition("/")
        if edge in ("comments", "replies"):
            return comments.below(self._far_ends, self._far_ends.meta_tokens[owner], of_page, path, fields)
        node = self._node(name, self._far_ends.meta_tokens[owner])
        is_own = isinstance(node, Page) and of_page == str(node.id)
        if isinstance(node, Page) and not edge:
            return nodes.page(node, fields, f"{owner}-page-{node.id}")
        if isinstance(node, Page) and not is_own:
            raise GraphError(190, "(#190) This method must be called with a Page Access Token")
        url = self._far_ends.meta_url
        match node, edge:
            case Page(), "insights":
                return insights.of_page(node, fields, self._far_ends.now, self._far_ends.dead_metrics)
            case Page(), "published_posts":
                return nodes.posts(node, fields, url)
            case Account(), "":
                return nodes.account(node, fields)
            case Account(), "insights":
                return insights.of_account(node, fields, self._far_ends.now, self._far_ends.dead_metrics)
            case Account(), "media":
                return nodes.media(node, fields, url)
            case Publication(), "":
                return nodes.publication(name, node, fields, url)
            case Publication(), "insights":
                return publications.insights_of(node, name, fields, self._far_ends.dead_metrics)
        raise GraphError(2500, "Unknown path components")

    def _node(self, name: str, seen: set[int]) -> Page | Account | Publication:
        """A Page, an account, a post <page>_<post> or a medium, that the token may see."""
        head, _, tail = name.partition("_")
        if not head.isdecimal() or (tail and not tail.isdecimal()):
            raise unknown_object(name)
        number = int(head)
        place = self._far_ends.pages.get(number) or self._far_ends.accounts.get(number)
        if place and number in seen and not tail:
            return place
        if isinstance(place, Page) and number in seen:
            found = [post for post in place.posts if post.id == int(tail)]
        else:
            accounts = [one for one in self._far_ends.accounts.values() if one.id in seen]
            found = [medium for one in accounts for medium in one.media if medium.id == number and not tail]
        if not found:
            raise unknown_object(name)
        return found[0]
