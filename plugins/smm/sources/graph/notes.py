"""Answers as they are archived: each has what Meta said of the same days, or of the same posts, and was asked for."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from smm.sources import Answer, Job
from smm.sources.graph import comments, insights, posts
from smm.sources.graph.api import Call, Graph, Said
from smm.sources.graph.errors import Json, Refusal
from smm.sources.graph.insights import Asker, Question
from smm.sources.graph.listing import Form
from smm.sources.graph.posts import Post

Part = tuple[Call, Said, Json]
"""A call, what Meta said, and what the answer is of."""


class Notes:
    """``listed``: the posts that were found; ``unlisted``: why not all of them.

    ``unread``: of which days some may be missing, as `Page.unread`.
    """

    def __init__(self, graph: Graph) -> None:
        self.listed: list[Post] = []
        self.unlisted: Refusal | None = None
        self.unread: list[list[str]] = []
        self._graph = graph
        self._noted = 0

    def answer(self, name: str, parts: Sequence[Part], context: Json | None = None) -> Answer:
        """With the version that served it, and how much of the allowance is used; with the requests made since the
        answer before it."""
        requests, self._noted = self._graph.requests - self._noted, self._graph.requests
        whose = {"version": self._graph.version, "allowance": self._graph.percent, "about": [part[2] for part in parts]}
        body = json.dumps([said.as_json() for _, said, _ in parts], ensure_ascii=False)
        return Answer(
            name,
            {"calls": [call.as_json() for call, _, _ in parts]},
            body.encode(errors="surrogatepass"),
            datetime.now(UTC),
            requests,
            whose | (context or {}),
        )

    def windows(
        self, name: str, answered: Iterable[tuple[Question, Said]], context: Json | None = None
    ) -> Iterator[Answer]:
        """An answer for each window of days: what a question is about says which."""
        by_window: dict[tuple[str, str], list[Part]] = {}
        for question, said in answered:
            window = question.about["window"]
            by_window.setdefault(tuple(window), []).append((question.call, said.only(insights.KEPT), question.about))
        for (first_day, last_day), parts in sorted(by_window.items()):
            yield self.answer(name, parts, {"first_day": first_day, "last_day": last_day} | (context or {}))

    def posts(self, job: Job, listed: posts.List) -> Iterator[Answer]:
        """An answer for each page of the list, with what each of its posts has reached."""
        asker, seen = Asker(self._graph), set[int]()
        for page in listed.pages(job, self._graph):
            # what is published meanwhile moves a post to the next page
            found = {post.id: post for post in listed.found(job, page.said.body) if post.id not in seen}
            seen |= found.keys()
            self.listed += found.values()
            self.unlisted = page.said.refusal
            self.unread += page.unread
            reached = asker.ask(posts.questions(list(found.values())))
            parts = [(page.call, page.said.only({"data": listed.kept}), {"posts": list(found)})]
            parts += [(question.call, answer.only(insights.KEPT), question.about) for question, answer in reached]
            yield self.answer("posts", parts, {"is_last": page.is_last, "unread": page.unread})

    def comments(self, job: Job, form: Form, own: Collection[str]) -> Answer:
        """An answer for the comments below all posts that were found; see `smm.sources.graph.comments`."""
        call, kept = comments.ask(job, self._graph, form, own, self.listed, self.unlisted)
        kept["unlisted"] = self.unread
        return self.answer("comments", [(call, Said(kept), {})])
