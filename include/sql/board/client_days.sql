-- Ninety days of some KPIs of a client, up to one: one row per network, KPI and day.
select
    cell.network,
    cell.kpi,
    day.day::date as period,
    kpi.value,
    case when kpi.value is null then coalesce(kpi.reason, 'source_missing') end as reason,
    false as is_open,
    false as is_running,
    coalesce(kpi.completeness < 1, false) as is_incomplete,
    coalesce(kpi.is_derived, false) as is_derived,
    coalesce(kpi.is_late, false) as is_late,
    coalesce(kpi.is_flagged, false) as is_flagged
from unnest(%(networks)s::text[], %(kpis)s::text[]) as cell (network, kpi)
cross join generate_series(%(last_day)s::date - 89, %(last_day)s::date, interval '1 day') as day (day)
left join marts.kpi as kpi
    on
        kpi.client = %(client)s
        and kpi.grain = 'day'
        and day.day::date = kpi.period
        and cell.network = kpi.network
        and cell.kpi = kpi.kpi
order by cell.network, cell.kpi, day.day
