"""The workbook's second sheet: what the numbers mean and where they come from, in each letter whole.

Letters themselves explain it to a reader once (`smm.letters.reader`).
"""

from xlsxwriter import Workbook

from smm.letters.phrases import Phrases
from smm.letters.words import Words

WIDTHS = (40, 90)  # in letters


def add(book: Workbook, letter: Phrases, speech: Words) -> None:
    """Two columns: of what, and what is to be known of it."""
    sheet = book.add_worksheet(speech.say("folded.sheet"))
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    parts = {
        "meanings": letter.meanings,
        "sources": (*letter.sources, *(("", sentence) for sentence in letter.pulls)),
    }
    lines = (line for part, pairs in parts.items() if pairs for line in (part, *pairs, ()))
    for row, line in enumerate(lines):
        if isinstance(line, str):
            sheet.write_string(row, 0, speech.say(f"sections.{line}"), bold)
            continue
        for column, text in enumerate(line):
            sheet.write_string(row, column, text, wrapped)
