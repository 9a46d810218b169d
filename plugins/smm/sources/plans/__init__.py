"""A client's plans as a table: CSV with the columns month, network, kpi, plan. The same as ``plan:`` in its file.

The month may be a quarter or the days of a campaign, written as in the file. The table is read whole each time, and
taken whole or not at all.
"""

from smm.files.entry import Line
from smm.sources import Options, Source


class Table(Options):
    path: Line


SOURCE = Source(
    name="plans",
    title="the client's plans",
    options=Table,
    kinds=("plans",),
    reload_days=1,
    schedule="45 * * * *",  # people change plans and want to see them judged: report_targets runs at the full hour
    is_whole=True,
    has_days=False,
    key="plans",
)
