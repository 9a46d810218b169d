"""The rebuild: from core and the catalogue to marts.measure and marts.kpi, in one transaction per slice of clients.

Every file runs once, in this order, on one connection, with the parameters ``clients`` (list of ids, or None for all),
``first_month`` and ``last_month`` (first days of months, or both None for what core.change holds). What a month is
rebuilt for depends on core and the catalogue only, so that any order of rebuilds ends in the same rows. No client's
rows rest on another's: slices may be rebuilt in any order, and at once.
"""

REBUILD = (
    "measures/begin.sql",
    "measures/take.sql",
    "measures/expect.sql",
    "measures/stock.sql",
    "measures/slice.sql",
    "measures/ga4_origins.sql",
    "measures/grid.sql",
    "measures/ga4_traffic.sql",
    "measures/ga4_events.sql",
    "measures/ga4_users.sql",
    "measures/vk_stats.sql",
    "measures/vk_audience.sql",
    "measures/vk_messages.sql",
    "measures/vk_posts.sql",
    "measures/figures.sql",
    "measures/stock_cells.sql",
    "measures/followers.sql",
    "measures/roll_up.sql",
    "measures/all_networks.sql",
    "measures/leads.sql",
    "measures/replace.sql",
    "kpis/compute.sql",
    "kpis/analyze.sql",
)
