-- Ninety days of some KPIs of a client, up to one: one row per network, KPI and day.
with asked as (
    select
        cell.network,
        cell.kpi,
        day.day::date as period
    from unnest(%(networks)s::text[], %(kpis)s::text[]) as cell (network, kpi)
    cross join generate_series(%(last_day)s::date - 89, %(last_day)s::date, interval '1 day') as day (day)
),

fact as (
    select
        found.*,
        catalogue.spent(found.kpi, found.reason, found.numerator) as spent,
        marts.marks(found.completeness, 1, found.is_derived, found.is_late, found.is_flagged) as marks
    from marts.kpi_computed as found
    where
        found.client = %(client)s
        and found.grain = 'day'
        and found.month >= date_trunc('month', (%(last_day)s::date - 89)::timestamp)::date
        and found.month <= %(last_day)s::date
        and found.network = any(%(networks)s::text[])
        and found.kpi = any(%(kpis)s::text[])
)

select
    asked.network,
    asked.kpi,
    asked.period,
    fact.value,
    case when fact.value is null then coalesce(fact.reason, 'source_missing') end as reason,
    false as is_open,
    false as is_running,
    fact.spent,
    catalogue.result(asked.kpi) as result,
    fact.marks
from asked
left join fact on asked.network = fact.network and asked.kpi = fact.kpi and asked.period = fact.period
order by asked.network, asked.kpi, asked.period
