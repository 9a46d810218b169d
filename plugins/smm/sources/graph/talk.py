"""What people wrote below one post, as far as it was read, and what is kept of it: moments, and nothing else."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from smm.sources.graph.errors import GONE, Json, Refusal
from smm.sources.graph.posts import Post
from smm.sources.threads import DAY, ROBOT, fingerprint


@dataclass(frozen=True)
class Comment:
    """``written_at``: Unix. ``author``: None where Meta hides who a person is, and never for the page that asks."""

    written_at: int
    parent: str | None
    author: str | None


@dataclass
class Talk:
    """The comments of one post, by their ids. ``unread``: from when until when some are missing (Unix), and why, unless
    the load as a whole says it."""

    post: Post
    comments: dict[str, Comment] = field(default_factory=dict)
    unread: list[tuple[int, int, str | None]] = field(default_factory=list)
    refusal: Refusal | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the post was deleted after it was listed: so are its comments, and no day lacks them."""
        return self.refusal is not None and self.refusal.meaning == GONE

    def lacks(self, since: str | None = None, why: str | None = None) -> None:
        """Some comments cannot be told; with the newest first, those older than what was read.

        ``since``: some answers to this one alone.
        """
        if since is not None:
            written_at = self.comments[since].written_at
            self.unread.append((written_at, written_at, why))
            return
        now = int(datetime.now(UTC).timestamp())
        read = (one.written_at for one in self.comments.values())
        self.unread.append((int(self.post.published_at.timestamp()), min(read, default=now), why))

    def kept(self, client: str, own: Collection[str], *, with_answers: bool) -> Json:
        """For the archive. ``own``: ids of the page itself. ``with_answers``: those are a part of its own comments.

        A thread is a fingerprint, when it began, and when it was answered; all moments are Unix.
        """
        mine = [one for one in self.comments.values() if one.author in own]
        is_whole = self.refusal is None and not self.unread
        return {
            "post": self.post.id,
            "published_at": int(self.post.published_at.timestamp()),
            "own": sum(with_answers or one.parent is None for one in mine) if is_whole else None,
            "threads": [
                [fingerprint(client, name), comment.written_at, _answered(comment, answers)]
                for name, comment, answers in self._threads(own)
            ],
            "unread": self.unread,
            "refused": self.refusal.reason if self.refusal else None,
            "is_gone": self.is_gone,
        }

    def _threads(self, own: Collection[str]) -> Iterator[tuple[str, Comment, list[int]]]:
        """Each comment that is no answer and not the page's own, and when the page wrote below it."""
        below: dict[str, list[int]] = {
            name: [] for name, one in self.comments.items() if one.parent is None and one.author not in own
        }
        for one in self.comments.values():
            if one.author in own and (first := _first(self.comments, one.parent)) in below:
                below[first].append(one.written_at)
        return ((name, self.comments[name], answers) for name, answers in below.items())


def _first(comments: Mapping[str, Comment], name: Any) -> Any:
    """The comment that a line of answers began with: each answer names the one that it answers."""
    seen = set()
    while name in comments and name not in seen and comments[name].parent is not None:
        seen.add(name)
        name = comments[name].parent
    return name


def _answered(comment: Comment, answers: Collection[int]) -> int | None:
    """When somebody who can have read it answered, if within a day."""
    return min((at for at in answers if ROBOT < at - comment.written_at <= DAY), default=None)
