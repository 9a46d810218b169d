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
    kpi.spent,
    catalogue.result(asked.kpi) as result,
    kpi.marks
from asked
left join lateral (
    select
        found.value,
        found.reason,
        catalogue.spent(found.kpi, found.reason, found.numerator) as spent,
        marts.marks(found) as marks
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
