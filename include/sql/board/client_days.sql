-- Ninety days of some KPIs of a client, up to one: one row per network, KPI and day. The limit changes no row: it makes
-- Postgres, which takes the days for many more, ask the key for each instead of reading all days of the client.
with asked as (
    select
        %(client)s::text as client,
        cell.network,
        cell.kpi,
        day.day::date as period
    from unnest(%(networks)s::text[], %(kpis)s::text[]) as cell (network, kpi)
    cross join generate_series(%(last_day)s::date - 89, %(last_day)s::date, interval '1 day') as day (day)
)

select
    asked.network,
    asked.kpi,
    asked.period,
    kpi.value,
    case when kpi.value is null then coalesce(kpi.reason, 'source_missing') end as reason,
    false as is_open,
    false as is_running,
    coalesce(kpi.completeness < 1, false) as is_incomplete,
    coalesce(kpi.is_derived, false) as is_derived,
    coalesce(kpi.is_late, false) as is_late,
    coalesce(kpi.is_flagged, false) as is_flagged
from asked
left join lateral (
    select
        found.value,
        found.reason,
        found.completeness,
        found.is_derived,
        found.is_late,
        found.is_flagged
    from marts.kpi as found
    where
        found.client = asked.client
        and found.grain = 'day'
        and found.period = asked.period
        and found.network = asked.network
        and found.kpi = asked.kpi
    order by found.period
    limit 1
) as kpi on true
order by asked.network, asked.kpi, asked.period
