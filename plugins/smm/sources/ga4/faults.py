"""What GA4's servers fail to answer: found by asking for fewer days at a time, so that one bad day spoils no others."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from smm.sources.ga4.api import Property
from smm.sources.ga4.errors import RangeFailed
from smm.sources.ga4.questions import Question

# Server errors of one load, the tries of the first report included: GA4 bars a project from a property after 10 in an
# hour. Each leads to at most two more requests. What cannot be found with so many stays unknown as a whole.
MOST_FAULTS = 9
SIGNS_OF_AN_OUTAGE = 3  # questions that fail before any is answered: a report and both its halves


class Faults:
    """The questions that are asked apart from the others, and the days that GA4 fails at."""

    def __init__(self, asked: Property) -> None:
        self._property = asked
        self._suspects: deque[Question] = deque()  # of a batch that failed, and parts of those that fail by themselves
        self._parts: deque[Question] = deque()  # which are asked first
        self._bad: list[tuple[date, date]] = []  # that even the totals fail at: no other report is asked for them
        self._in_vain = 0
        self._answered: set[str] = set()  # names of questions
        self._fault: RangeFailed | None = None

    def __bool__(self) -> bool:
        return bool(self._parts or self._suspects)

    def next(self) -> Question:
        """The next question to ask by itself: the totals and their halves first, for they tell bad days and outages."""
        if not self._parts:
            self._parts.extend(self._around_bad_days(self._suspects.popleft()))
        return self._parts.popleft()

    def released(self) -> Iterator[Question]:
        """All that was to be asked apart, for the quota has ended."""
        while self:
            yield self.next()

    def note_answer(self, question: Question) -> None:
        self._answered.add(question.name)

    def check(self, batch: Sequence[Question], is_suspect: bool) -> None:
        """Raise the last RangeFailed again rather than ask in vain, or after too many; of other reports, one more."""
        is_over = self._property.faults >= MOST_FAULTS + (not is_suspect)
        if self._fault and (is_over or any(map(self._is_bad, batch))):
            raise self._fault

    def take(self, batch: Sequence[Question], fault: RangeFailed) -> list[Question]:
        """Return those that are given up; the others will be asked apart, or in halves.

        Raises RangeFailed if nothing was answered yet: GA4 is down, and no day is at fault.
        """
        self._fault = fault
        lost: list[Question] = []
        if self._property.faults >= MOST_FAULTS or any(map(self._is_bad, batch)):
            lost = [*batch]
        elif len(batch) > 1:
            self._suspects.extend(batch)
        else:
            self._in_vain += 1
            if not self._answered and self._in_vain >= SIGNS_OF_AN_OUTAGE:
                raise fault
            if batch[0].is_divisible:
                (self._parts if batch[0].name == "totals" else self._suspects).extend(batch[0].halves())
            else:
                lost = [*batch]
        self._bad += [(question.first_day, question.last_day) for question in lost if question.name == "totals"]
        return lost

    def check_essential(self, asked: Iterable[Question]) -> None:
        """Raise RangeFailed if GA4 failed at all days of a report without which nothing is worth loading."""
        for question in asked:
            is_lost = question.is_essential and question.name not in self._answered
            if self._fault and is_lost and question.is_divisible:
                raise self._fault

    def _is_bad(self, question: Question) -> bool:
        return question.is_by_day and (question.first_day, question.last_day) in self._bad

    def _around_bad_days(self, question: Question) -> Iterator[Question]:
        if question.is_by_day:
            for first, last in sorted(self._bad):
                if question.first_day < first <= last <= question.last_day:
                    yield replace(question, last_day=first - timedelta(days=1))
                if question.first_day <= first <= last < question.last_day:
                    yield replace(question, first_day=first, last_day=last)
                    question = replace(question, first_day=last + timedelta(days=1))
                elif question.first_day < first <= last == question.last_day:
                    question = replace(question, first_day=first)
        yield question
