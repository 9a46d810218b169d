"""A rehearsal as a person reads it in a terminal or a log: plain lines of at most 120 signs for 12 months."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from textwrap import wrap

from smm.catalogue import Catalogue
from smm.clients.file import LETTERS, Report
from smm.letters.content import WARNINGS
from smm.letters.numbers import Marks, listed
from smm.letters.outbox import OF_MONTH
from smm.letters.words import digits, words
from smm.rehearsal.months import Cell, Month, Rehearsal, Verdict

SIGNS = {
    "met": "+",
    "missed": "x",
    "not_proven": "?",
    "not_measured": ".",
    "not_due": "o",
    "on_track": ">",
    "at_risk": "~",
    "certain_miss": "!",
}
MARK = "*"
WIDTH = 110


def lines(done: Rehearsal, known: Catalogue) -> Iterator[str]:
    """One line per target, a column per month, the numbers of the newest; then what is mailed and what changes."""
    yield f"{done.client.file.name} ({done.client.id}): the stored months, judged by the targets now in its file"
    yield ""
    if not done.months:
        yield "No closed month of work is stored that could be judged: backfill some months, or wait for the next 4th."
        return
    yield from _table(done, known)
    yield ""
    used = {verdict.verdict for month in done.months for verdict in month.verdicts.values()}
    legend = [f"{sign} {name.replace('_', ' ')}" for name, sign in SIGNS.items() if name in used]
    yield ", ".join([*legend, "blank: no target"])
    open_months = [f"{month.month:%Y-%m}" for month in done.months if not month.is_final]
    if open_months:
        yield f"{', '.join(open_months)}: provisional until the 14th of the next month"
    yield ""
    for sentence in _mailed(done):
        yield from wrap(sentence, WIDTH, subsequent_indent="  ")
    yield ""
    yield from _changes(done, known)
    yield from map(str, done.client.dark)


class _Amounts:
    """The numbers of one KPI that stand beside each other, each with as many digits as tell them apart."""

    def __init__(self, done: Rehearsal, known: Catalogue, cell: Cell, *verdicts: Verdict) -> None:
        self._currency = done.client.file.currency
        self._unit = known.kpis[cell[1]].unit
        self._digits = digits(self._unit, *(number for v in verdicts for number in (v.value, v.low, v.high)))

    def value(self, verdict: Verdict) -> str:
        """Of a cost of nothing ``RUB 50,000 / 0``."""
        if verdict.spent is not None:
            spent = words("en").amount(verdict.spent, "money", self._currency, digits("money", verdict.spent))
            return f"{spent} / 0".replace("\N{NO-BREAK SPACE}", " ")
        return self._amount(verdict.value)

    def notes(self, verdict: Verdict) -> str:
        """Why it is so, and what must be known beside the value."""
        marks = None if verdict.value is None or verdict.marks is None else Marks.model_validate(verdict.marks)
        return ", ".join([*([verdict.reason] if verdict.reason else []), *listed(marks, words("en"))])

    def asked(self, verdict: Verdict) -> str:
        """``>= 1,300``, ``12 to 20``, ``<= RUB 300 ±5%`` (a miss by 5% is none), ``>= 300 by 2026-03-31``."""
        low, high = self._amount(verdict.low), self._amount(verdict.high)
        if verdict.high is None:
            bounds = "-" if verdict.low is None else f">= {low}"
        else:
            bounds = f"<= {high}" if verdict.low is None else f"{low} to {high}"
        tolerance = f" ±{words('en').part(verdict.tolerance)}" if verdict.tolerance else ""
        return bounds + tolerance + (f" by {verdict.last_day}" if verdict.last_day else "")

    def _amount(self, number: Decimal | None) -> str:
        if number is None:
            return "-"
        shown = words("en").amount(number, self._unit, self._currency, self._digits)
        return shown.replace("\N{NO-BREAK SPACE}", " ")


def _table(done: Rehearsal, known: Catalogue) -> Iterator[str]:
    newest = done.months[-1]
    years = "".join(_year(year, len(list(each))) for year, each in groupby(month.month.year for month in done.months))
    months = "".join(f"{month.month:%m} " for month in done.months)
    rows = [("", years, f"{newest.month:%Y-%m}", "", ""), ("target", months, "value", "asked", "")]
    for cell in _cells(done):
        signs = "".join(_sign(month, cell) for month in done.months)
        numbers = ("", "", "")
        if verdict := newest.verdicts.get(cell):
            shown = _Amounts(done, known, cell, verdict)
            numbers = (shown.value(verdict), shown.asked(verdict), shown.notes(verdict))
        rows.append((".".join(cell), signs, *numbers))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows:
        ways = zip(cells, "<<><<", widths, strict=True)
        yield "  ".join(f"{text:{way}{width}}" for text, way, width in ways).rstrip()


def _cells(done: Rehearsal) -> list[Cell]:
    return [(target.network, target.kpi) for target in done.targets]


def _year(year: int, months: int) -> str:
    """The head of a year's columns, which of a single one is too narrow for four digits."""
    return f"{year if months > 1 else year % 100:<{3 * months}}"


def _sign(month: Month, cell: Cell) -> str:
    verdict = month.verdicts.get(cell)
    return f"{SIGNS[verdict.verdict] if verdict else ' '}{MARK if _is_changed(month, cell) else ' '} "


def _is_changed(month: Month, cell: Cell) -> bool:
    """Whether the warehouse says otherwise; of a month that was never judged it says nothing."""
    return bool(month.stored) and _said(month.verdicts.get(cell)) != _said(month.stored.get(cell))


def _mailed(done: Rehearsal) -> Iterator[str]:
    letters = [(month.month, month.mailed) for month in done.months if month.mailed]
    count, total = len(letters), len(done.months)
    said = f"would have sent {count} {'letter' if count == 1 else 'letters'}"
    said += f" in {total} {'month' if total == 1 else 'months'}"
    if letters:
        told = ((month, ", ".join(map(".".join, letter.missed)) or "nothing missed") for month, letter in letters)
        said += ": " + ", ".join(f"{month:%Y-%m} ({names})" for month, names in told)
    report = done.client.file.report
    if not set(OF_MONTH) & set(report.letters):
        said += ": report.letters in its file names neither `missed` nor `monthly`"
    yield said
    if corrected := [f"{month:%Y-%m}" for month, letter in letters if letter.is_corrected]:
        yield f"and a correction, once the month's verdict is final, for: {', '.join(corrected)}"
    running = [kind for kind in LETTERS if kind not in OF_MONTH and (kind in report.letters or kind in _hers(report))]
    if running:
        yield f"not rehearsed: {', '.join(running)}; the numbers known on each day of a running month are not stored"


def _hers(report: Report) -> tuple[str, ...]:
    """The kinds that the manager gets without being asked."""
    return WARNINGS if report.manager else ()


def _changes(done: Rehearsal, known: Catalogue) -> Iterator[str]:
    told = _cells(done)
    gone = sorted({cell for month in done.months for cell in month.stored} - set(told))
    changed = [(cell, month) for cell in (*told, *gone) for month in done.months if _is_changed(month, cell)]
    months: dict[tuple[Cell, str], list[str]] = {}
    for cell, month in changed:
        months.setdefault((cell, _change(done, known, cell, month)), []).append(f"{month.month:%Y-%m}")
    never = [f"{month.month:%Y-%m}" for month in done.months if not month.stored]
    if changed:
        yield f"{MARK} differs from the verdict in the warehouse: {len(changed)}"
        for (cell, change), those in months.items():
            sentence = f"{'.'.join(cell)} {', '.join(those)}: {change}"
            yield from wrap(sentence, WIDTH, initial_indent="  ", subsequent_indent="    ")
    elif len(never) < len(done.months):
        yield "No verdict differs from the warehouse."
    if never:
        yield from wrap(f"never judged so far: {', '.join(never)}", WIDTH, subsequent_indent="  ")


def _change(done: Rehearsal, known: Catalogue, cell: Cell, month: Month) -> str:
    now, before = month.verdicts.get(cell), month.stored.get(cell)
    said = f"{_said(now)}, was {_said(before)}"
    if now is None or before is None:
        return said
    shown = _Amounts(done, known, cell, now, before)
    beside = {
        "asked": (shown.asked(now), shown.asked(before)),
        "value": (shown.value(now), shown.value(before)),
        "reason": (now.reason or "none", before.reason or "none"),
    }
    why = "; ".join(f"{name} {new}, was {old}" for name, (new, old) in beside.items() if new != old)
    return f"{said} ({why})" if why else said


def _said(verdict: Verdict | None) -> str:
    return "not asked" if verdict is None else verdict.verdict.replace("_", " ")
