"""The month's targets as a workbook: numbers as numbers, and every text as one that nobody takes for a formula."""

from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from smm.letters import about
from smm.letters.content import Content, Judged
from smm.letters.lines import Teller
from smm.letters.numbers import Number
from smm.letters.phrases import phrase
from smm.letters.words import Words, decimals, digits, words

COLUMNS = {  # width in letters
    "network": 18,
    "kpi": 34,
    "condition": 12,
    "plan": 16,
    "fact": 14,
    "difference": 14,
    "before": 14,
    "year_before": 14,
    "verdict": 20,
    "reason": 46,
    "source": 34,
    "notes": 46,
}


@dataclass(frozen=True)
class Attachment:
    name: str
    data: bytes


def workbook(content: Content, language: str) -> Attachment:
    """All targets of the letter, one row each, and a sheet about the numbers, as XLSX.

    The same bytes for the same content and language.
    """
    speech = words(language)
    teller = Teller(speech, content.currency, content.month)
    kept = BytesIO()
    with Workbook(kept, {"in_memory": True}) as book:
        book.set_properties({"title": content.name, "created": content.as_of.replace(tzinfo=None)})
        sheet = book.add_worksheet(speech.month(content.month))
        bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True})
        for column, (name, width) in enumerate(COLUMNS.items()):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, speech.say(f"sheet.{name}"), bold)
        sheet.freeze_panes(1, 0)
        formats: dict[str, Format] = {}
        for row, target in enumerate(content.targets, 1):
            pattern = _pattern(target, content.currency, speech)
            if pattern not in formats:
                formats[pattern] = book.add_format({"num_format": pattern})
            _write(sheet, row, target, teller, formats[pattern], wrapped)
        about.add(book, phrase(content, language), speech)
    return Attachment(f"{content.client}-{content.month:%Y-%m}.xlsx", kept.getvalue())


def _write(sheet: Worksheet, row: int, target: Judged, teller: Teller, number: Format, wrapped: Format) -> None:
    say = teller.words.say
    bounds = [bound for bound in (target.low, target.high) if bound is not None]
    cells: dict[str, str | Decimal | None] = {
        "network": teller.words.network(target.network),
        "kpi": teller.title(target),
        "condition": _condition(target, teller),
        "plan": bounds[0] if len(bounds) == 1 else teller.line(target).asked,
        "fact": _cell(target, target, teller),
        "difference": _difference(target),
        "before": _cell(target, target.before, teller),
        "year_before": _cell(target, target.year_ago, teller),
        "verdict": say(f"sheet.verdicts.{target.verdict}"),
        "reason": say(f"reasons.{target.reason}") if target.reason else None,
        "source": ", ".join(map(teller.words.measured, target.sources)),
        "notes": _notes(target, teller),
    }
    for column, name in enumerate(COLUMNS):
        cell = cells[name]
        if isinstance(cell, Decimal):
            sheet.write_number(row, column, float(cell), number)
        elif cell:
            sheet.write_string(row, column, cell, wrapped)


def _condition(target: Judged, teller: Teller) -> str | None:
    """Which side of the plan is right: the plan itself is a number."""
    if target.low is None and target.high is None:
        return None
    side = "between" if None not in (target.low, target.high) else "least" if target.high is None else "most"
    return teller.words.say(f"sheet.conditions.{side}")


def _difference(target: Judged) -> Decimal | None:
    """How far the number is on the wrong side of the plan; of what is met there is none."""
    if target.verdict == "met" or target.value is None:
        return None
    if target.low is not None and target.value < target.low:
        return target.value - target.low
    return target.value - target.high if target.high is not None and target.value > target.high else None


def _cell(target: Judged, number: Number, teller: Teller) -> Decimal | str | None:
    """The number; of a cost of nothing, what was spent, in words."""
    return number.value if number.spent is None else teller.number(target, number)


def _notes(target: Judged, teller: Teller) -> str:
    """What marks the row's numbers: ``Result: 3 of 31 days. Previous month: approximate in the source.``"""
    say = teller.words.say
    numbers = {"fact": target, "before": target.before, "year_before": target.year_ago}
    notes = ((name, teller.notes(number)) for name, number in numbers.items() if number.value is not None)
    sentences = [say("sheet.note", of=say(f"sheet.{name}"), note=note) for name, note in notes if note]
    return " ".join(filter(None, (*sentences, teller.doubt(target))))


def _pattern(target: Judged, currency: str, speech: Words) -> str:
    """How a workbook shows the target's numbers; the program puts in the separators of its own language."""
    gap = _difference(target)
    seen = (gap, Decimal(0)) if gap else ()  # a difference is never shown as none
    numbers = (target.value, target.low, target.high, target.before.value, target.year_ago.value, *seen)
    shown = max(digits(target.unit, *numbers), *(decimals(target.unit, bound) for bound in (target.low, target.high)))
    number = "#,##0" + ("." + "0" * shown if shown else "")
    match target.unit:
        case "share":
            return f"{number}%"
        case "money":
            return f'{number} "{currency}"'
        case "seconds":
            return f'{number} "{speech.say("seconds", n="").strip()}"'
    return number
