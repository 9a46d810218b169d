"""The comments of a post, by threads: `wall.getComments`. Nobody says anything in them."""

from typing import Any

from sandbox.data import Post
from sandbox.vk.params import Params, VkError

Json = dict[str, Any]

MAX_COMMENTS, MAX_REPLIES = 100, 10
FLAGS = {"can_post": True, "show_reply_button": True, "groups_can_post": True}


def get_comments(owner_id: int, post: Post, params: Params) -> Json:
    """A page of the comments that begin threads, oldest first, each with its first replies; or of one thread's replies.

    `count` is of all comments, replies among them.
    """
    params.refuse("need_likes", "extended", "start_comment_id")
    params.choice("sort", ("asc",), "asc")
    if post.talk is None:
        raise VkError(212)
    offset, count = params.natural("offset", 0), min(params.natural("count", 10), MAX_COMMENTS)
    replies = min(params.natural("thread_items_count", 0), MAX_REPLIES)
    threads, last = {}, post.id * 10_000
    for authors in post.talk:
        comments = [_comment(owner_id, post, last + nth, author) for nth, author in enumerate(authors, 1)]
        last += len(comments)
        threads[comments[0]["id"]] = comments
    asked = params.natural("comment_id", 0)
    if asked:
        if asked not in threads:
            raise VkError(100, "comment_id is invalid")
        level = threads[asked][1:]
        whole = len(level)
    else:
        level = [
            first | {"thread": {"count": len(others), "items": others[:replies]} | FLAGS}
            for first, *others in threads.values()
        ]
        whole = last - post.id * 10_000
    return {"count": whole, "items": level[offset : offset + count], "current_level_count": len(level)} | FLAGS


def _comment(owner_id: int, post: Post, comment_id: int, author: int) -> Json:
    return {
        "id": comment_id,
        "from_id": author,
        "date": int(post.published_at.timestamp()) + comment_id - post.id * 10_000,
        "text": "",
        "post_id": post.id,
        "owner_id": owner_id,
        "parents_stack": [],
    }
