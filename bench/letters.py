"""Part g: letters with four charts each, rendered one after the other by one process; then with their PDFs."""

from collections.abc import Iterator
from typing import Any

from bench.stand import Stand

TITLE = "Letters: text, HTML, four charts and a workbook each"
LETTERS = 200
FIRST = 50  # of them; what memory they needed, the others should not exceed
MOST_SECONDS = 60
MOST_GROWTH = 1.1
MOST_WITH_PDF = 1.3


def measure(stand: Stand, letters: int = LETTERS, first: int = FIRST) -> dict[str, Any]:
    folder = str(stand.stack.folder / "clients")
    with stand.stack.progress.step(f"{letters} letters"):
        found = stand.child("bench.ways.letters", str(letters), str(first), SMM_CLIENTS=folder)
    with stand.stack.progress.step(f"{letters} letters with their PDFs"):
        return found | {
            "with_pdf": stand.child("bench.ways.letters", str(letters), str(first), "pdf", SMM_CLIENTS=folder)
        }


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The table, as Markdown."""
    yield "One process renders one letter for each client, with its own numbers, in the three languages in turn,"
    yield "and builds the mails; no picture is drawn before. The chart engine's start counts, imports do not."
    yield ""
    yield "| letters | seconds | CPU s | ms per letter | largest mail, KB | peak memory, MB | of the first, MB |"
    yield "|--:|--:|--:|--:|--:|--:|--:|"
    yield _row(found, str(found["letters"]))
    if "with_pdf" in found:  # an older measurement has none
        yield _row(found["with_pdf"], f"{found['letters']} with PDFs")


def _row(found: dict[str, Any], name: str) -> str:
    each = found["seconds"] / found["letters"] * 1000
    row = f"| {name} | {found['seconds']:.1f} | {found['cpu']:.1f} | {each:.0f}"
    memory = f"{found['peak_mb']:.0f} | {found['first_mb']:.0f}, {found['first']} letters"
    return f"{row} | {found['largest'] / 1000:.0f} | {memory} |"


def targets(found: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Target, what was measured, whether it is met."""
    name = f"{found['letters']} letters of {found['charts']} charts rendered in less than {MOST_SECONDS} s"
    yield name, f"{found['seconds']:.1f} s", found["seconds"] < MOST_SECONDS
    growth = found["peak_mb"] / found["first_mb"]
    share = f"{growth:.2f} times that of the first {found['first']}"
    yield "their memory is flat (at most 1.1 times)", share, growth <= MOST_GROWTH
    if "with_pdf" in found:
        times = found["with_pdf"]["seconds"] / found["seconds"]
        yield f"with their PDFs at most {MOST_WITH_PDF} times as long", f"{times:.2f} times", times <= MOST_WITH_PDF
