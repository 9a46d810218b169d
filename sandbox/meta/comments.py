"""What is written below a post or a medium, as Facebook and as Instagram list it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.data import Account, FarEnds, Page, Publication, Remark
from sandbox.meta.nodes import listed, moment
from sandbox.meta.refusals import GraphError, unknown_object

Json = dict[str, Any]
SOMEBODY = 20_000_000_000_000_000
MOST_OF_PAGE, MOST_OF_ACCOUNT = 100, 50


def below(far_ends: FarEnds, seen: set[int], of_page: str, path: str, fields: Mapping[str, str]) -> Json:
    """What is asked for by `<page>_<post>/comments` with the Page's own token, or by `<medium>/comments` and
    `<comment>/replies`. `seen`: the Pages and accounts that the token may see; `of_page`: whose own it is.
    """
    name, _, edge = path.partition("/")
    head, _, tail = name.partition("_")
    for page in (far_ends.pages[number] for number in seen & far_ends.pages.keys() if str(number) == head):
        if of_page != head:
            raise GraphError(200, "(#200) Missing Permissions", status=403)
        for post in page.posts:
            if edge == "comments" and str(post.id) == tail:
                return _of_post(page, post, fields)
    for account in (far_ends.accounts[number] for number in seen & far_ends.accounts.keys()):
        for medium in account.media:
            if edge == "comments" and str(medium.id) == name:
                return _of_medium(account, medium, fields)
            if edge == "replies" and any(str(one.id) == name for one in medium.talk):
                return _answers(account, medium.talk, int(name), fields)
    raise unknown_object(name)


def _of_post(of: Page, post: Publication, fields: Mapping[str, str]) -> Json:
    """`filter=stream`: answers among the others, each with its parent. Without an `order` they come in any."""
    is_stream = fields.get("filter") == "stream"
    found = [one for one in post.talk if is_stream or one.parent is None]
    match fields.get("order"):
        case "chronological":
            pass
        case "reverse_chronological":
            found = found[::-1]
        case _:
            found = sorted(found, key=lambda one: one.id * 7919 % 1009)

    def told(one: Remark) -> Json:
        parent = {"parent": {"id": f"{post.id}_{one.parent}"}} if is_stream and one.parent is not None else {}
        return {"id": f"{post.id}_{one.id}", "created_time": moment(one.written_at), **_author(of, one), **parent}

    return listed(found, fields, told, MOST_OF_PAGE)


def _of_medium(of: Account, medium: Publication, fields: Mapping[str, str]) -> Json:
    """The newest first, each with the first of its answers, if they are asked for."""
    inside = re.search(r"replies\.limit\((\d+)\)\{(.*)\}", fields.get("fields", ""))

    def told(one: Remark) -> Json:
        found = _of_account(of, one)
        if inside and any(other.parent == one.id for other in medium.talk):
            found["replies"] = _answers(of, medium.talk, one.id, {"limit": inside[1], "fields": inside[2]})
        return found

    return listed([one for one in medium.talk[::-1] if one.parent is None], fields, told, MOST_OF_ACCOUNT)


def _answers(of: Account, talk: Sequence[Remark], to: int, fields: Mapping[str, str]) -> Json:
    found = [one for one in talk[::-1] if one.parent == to]
    return listed(found, fields, lambda one: _of_account(of, one), MOST_OF_ACCOUNT)


def _of_account(of: Account, one: Remark) -> Json:
    return {"id": str(one.id), "timestamp": moment(one.written_at), **_author(of, one)}


def _author(of: Page | Account, one: Remark) -> Json:
    return {"from": {"id": str(of.id if one.is_own else SOMEBODY + one.id % 100_000)}}
