"""Figures that no API gives here, from a client's own CSV file: budgets, calls, plans, exports of other networks.

The file is read whole each time, and loaded whole or not at all: every mistake is reported with its line. Money is in
the client's currency.
"""

from typing import Literal

from smm.files.entry import Line
from smm.sources import Options, Source


class File(Options):
    path: Line
    given_by: Literal["agency", "client"] | None = None  # who wrote it; the agency, if nobody is named


SOURCE = Source(
    name="figures",
    title="the client's figures",
    options=File,
    kinds=("counts",),
    reload_days=1,
    is_whole=True,
    leads=dict.fromkeys(("calls", "messages", "forms", "emails")),
)
