"""The questions of one job: essential ones first, optional ones if the quota allows.

In halves is asked what GA4 samples, and what its servers fail to answer: of a report that one bad day spoils, the other
days are had.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from smm.sources import BadInput, QuotaSpent
from smm.sources.ga4.api import BATCH, Page, Property
from smm.sources.ga4.errors import FieldsRefused, RangeFailed
from smm.sources.ga4.faults import Faults
from smm.sources.ga4.questions import Question
from smm.sources.ga4.refusals import Refusals

AN_HOUR = timedelta(hours=1)  # after which GA4 gives more of most quotas
NO_METRIC = Page(0, b"", 0, 0, is_sampled=False, first_row=b"")


@dataclass(frozen=True)
class Reply:
    """A question as it was asked in the end, and one page of the answer, or why there is none."""

    question: Question
    page: Page | None
    unanswered: str | None = None
    is_failed: bool = False  # unanswered because of GA4's servers: worth asking for again


class Inquiry:
    """``may_postpone``: the next daily run asks for these days again, so that optional questions can wait for it."""

    def __init__(self, asked: Property, may_postpone: bool) -> None:
        self._property = asked
        self._may_postpone = may_postpone
        self._refusals = Refusals()
        self._waiting: deque[Question] = deque()
        self._faults = Faults(asked)

    def ask(self, questions: Iterable[Question]) -> Iterator[Reply]:
        """A report's pages come when it is whole.

        Raises SourceError; BadInput if GA4 refuses an essential report; QuotaSpent if optional ones would have to wait
        and may not; RangeFailed if GA4's servers answer nothing, or for no day of an essential report.
        """
        asked = [*questions]
        self._waiting.extend(asked)
        while self._waiting or self._faults:
            if shortage := self._property.quota.shortage():
                text = f"the quota of {self._property.whose} is nearly spent: {shortage}"
                yield from self._postponed(shortage, QuotaSpent(text, AN_HOUR))
            is_suspect = bool(self._faults)
            batch = [self._faults.next()] if is_suspect else self._batch()
            try:
                self._faults.check(batch, is_suspect)
                firsts = self._firsts(batch)
            except RangeFailed as fault:
                yield from self._failed(batch, fault)
            except QuotaSpent as spent:
                self._waiting.extendleft(reversed([*batch, *self._faults.released()]))
                if not all(question.is_optional for question in self._waiting):
                    raise
                yield from self._postponed(str(spent), spent)
            else:
                yield from self._whole(firsts)
        self._faults.check_essential(asked)

    def _batch(self) -> list[Question]:
        return [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]

    def _failed(self, questions: Sequence[Question], fault: RangeFailed) -> Iterator[Reply]:
        """What is given up of questions that GA4's servers failed at; the rest is asked apart."""
        for question in self._faults.take(questions, fault):
            if not question.is_by_day and not self._may_postpone:
                raise fault
            yield Reply(question, None, str(fault), is_failed=True)

    def _postponed(self, why: str, spent: QuotaSpent) -> Iterator[Reply]:
        """Take the optional questions from those that wait."""
        optional = [question for question in self._waiting if question.is_optional]
        if optional and not self._may_postpone:
            raise spent
        self._waiting = deque(question for question in self._waiting if not question.is_optional)
        for question in optional:
            yield Reply(question, None, f"postponed: {why}")

    def _firsts(self, questions: Sequence[Question]) -> list[Reply]:
        """The first page of each; whatever GA4 refuses is left out."""
        asked = [self._refusals.left(question) for question in questions]
        standing = [question for question in asked if question.metrics and not self._refusals.of(question)]
        try:
            pages = iter(self._property.firsts(standing) if standing else [])
        except FieldsRefused as refusal:
            if not (refusal.field and self._refusals.add_unknown(refusal.field, refusal.said, standing)):
                if len(standing) > 1:  # GA4 does not say which report of a batch it means
                    return [reply for question in questions for reply in self._firsts([question])]
                self._refusals.search(standing[0], refusal.said, self._refused)
            return self._firsts(questions)
        return [self._first(question, pages) for question in asked]

    def _first(self, question: Question, pages: Iterator[Page]) -> Reply:
        said = self._refusals.of(question)
        if said and question.is_essential:
            raise BadInput(f"GA4 refuses the report {question.name} of {self._property.whose}: {said}")
        if said:
            return Reply(question, None, f"refused: {said}")
        return Reply(question, next(pages) if question.metrics else NO_METRIC)

    def _refused(self, question: Question) -> str | None:
        try:
            self._property.page(question, 0, rows=1)
        except FieldsRefused as refusal:
            return refusal.said
        return None

    def _whole(self, firsts: list[Reply]) -> Iterator[Reply]:
        """All pages of these reports. A report that is sampled is asked for again, in halves, before all others."""
        lost = {first.question.report: first.unanswered for first in firsts if first.unanswered}
        halves: list[Question] = []
        for first in firsts:
            question, page = first.question, first.page
            if question.is_by_day and question.report in lost:  # half of a report makes nothing known
                yield Reply(question, None, lost[question.report])
            elif page is None:
                yield first
            elif page.is_sampled and question.is_divisible and not self._property.quota.shortage():
                halves.extend(question.halves())
            else:
                try:
                    pages = self._property.pages(question, page)
                except RangeFailed as fault:
                    yield from self._failed([question], fault)
                    continue
                self._faults.note_answer(question)
                yield from (Reply(question, one) for one in pages)
        self._waiting.extendleft(reversed(halves))
