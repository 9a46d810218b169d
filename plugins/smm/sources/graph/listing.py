"""How comments are listed: page by page, the newest first, with the answers to each."""

from collections.abc import Iterator
from dataclasses import dataclass

from smm.sources.graph import cursors, insights
from smm.sources.graph.api import Call, Said
from smm.sources.graph.errors import BUSY, Json, Refusal
from smm.sources.graph.posts import moment
from smm.sources.graph.talk import Comment, Talk


@dataclass(frozen=True)
class Form:
    """What a service lists. Answers are in the field ``answers`` of a comment, or, where that is None, in the list of
    comments, and name their parents.

    ``counts_answers``: whether they are a part of Meta's own number of comments.
    """

    fields: str
    written_at: str
    page: int  # comments; the most that Meta lists at once
    permission: str
    params: tuple[tuple[str, str], ...] = ()
    answers: str | None = None
    counts_answers: bool = False

    def call(self, path: str, *, with_answers: bool = True) -> Call:
        """For the first page of a list."""
        fields = self.fields
        if self.answers and with_answers:
            fields += f",{self.answers}.limit({self.page}){{{fields}}}"
        return Call(path, {"fields": fields, "limit": str(self.page), **dict(self.params)})


@dataclass(frozen=True)
class Question:
    """A page of a post's comments, or of the answers to one of them.

    ``seen``: the cursors so far, the last of which is that of this page.
    """

    talk: Talk
    form: Form
    path: str
    seen: tuple[str, ...] = ()
    parent: str | None = None

    @property
    def call(self) -> Call:
        asked = self.form.call(self.path, with_answers=self.parent is None)
        return Call(asked.path, {**asked.params, "after": self.seen[-1]}) if self.seen else asked

    def answered(self, said: Said) -> Iterator["Question"]:
        """Note what was said; what has still to be asked."""
        if said.refusal and said.refusal.meaning == BUSY:
            self.talk.lacks(self.parent, said.refusal.reason)
            return
        if said.refusal:
            self.talk.refusal = said.refusal
            return
        for one in insights.objects(said.body.get("data")):
            yield from self._note(one)
        after, cut = cursors.after(said.body, self.seen)
        if cut:
            self.talk.lacks(self.parent, cut)
        if after:
            yield Question(self.talk, self.form, self.path, (*self.seen, after), self.parent)

    def _note(self, one: Json) -> Iterator["Question"]:
        name, written_at = insights.name(one.get("id")), moment(one.get(self.form.written_at))
        if name is None or written_at is None:
            self.talk.refusal = Refusal(200, None, fault="Meta's answer does not say when a comment was written")
            return
        parent, author = (insights.name(insights.inner(one, key, "id")) for key in ("parent", "from"))
        self.talk.comments[name] = Comment(int(written_at.timestamp()), self.parent or parent, author)
        if self.form.answers and isinstance(below := one.get(self.form.answers), dict):
            yield from Question(self.talk, self.form, f"{name}/{self.form.answers}", (), name).answered(Said(below))
