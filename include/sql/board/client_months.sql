-- Thirteen months of some KPIs of a client, the asked one last: one row per network, KPI and month. The last two are
-- told as they were judged; the plan is that of the month as it was judged then. What a plan for a quarter or a
-- campaign asks is no month's. The limits change no row: they make Postgres, which takes the months for many more, ask
-- the keys for each instead of reading all of the client.
with asked as (
    select
        %(client)s::text as client,
        %(today)s::date as today,
        cell.network,
        cell.kpi,
        (%(month)s::date - make_interval(months => ago.months))::date as period,
        ago.months < 2 as is_as_judged
    from unnest(%(networks)s::text[], %(kpis)s::text[]) as cell (network, kpi)
    cross join generate_series(0, 12) as ago (months)
)

select
    asked.network,
    asked.kpi,
    asked.period,
    case when asked.is_as_judged and judged.kpi is not null then judged.value else kpi.value end as value,
    case
        when asked.is_as_judged and judged.kpi is not null then case when judged.value is null then judged.reason end
        when kpi.value is null then coalesce(kpi.reason, 'source_missing')
    end as reason,
    judged.verdict,
    judged.reason as verdict_reason,
    coalesce(judged.rule, 'at_least') as rule,
    case when judged.verdict != 'not_due' then judged.low end as low,
    case when judged.verdict != 'not_due' then judged.high end as high,
    case when judged.verdict in ('on_track', 'at_risk', 'certain_miss') then judged.forecast end as forecast,
    case when judged.verdict in ('on_track', 'at_risk', 'certain_miss') then judged.forecast_low end as forecast_low,
    case when judged.verdict in ('on_track', 'at_risk', 'certain_miss') then judged.forecast_high end as forecast_high,
    -- what nobody judges is held to be final when a verdict would be
    coalesce(not judged.is_final, asked.today < (asked.period + interval '1 month 13 days')::date) as is_open,
    (asked.period + interval '1 month')::date > asked.today as is_running,
    case when asked.is_as_judged and judged.kpi is not null then judged.spent else kpi.spent end as spent,
    catalogue.result(asked.kpi) as result,
    case when asked.is_as_judged and judged.completeness is not null then judged.marks else kpi.marks end as marks
from asked
left join lateral (
    select
        found.value,
        found.reason,
        catalogue.spent(found.kpi, found.reason, found.numerator) as spent,
        marts.marks(found) as marks
    from marts.kpi_months as found
    where
        found.client = asked.client
        and found.period = asked.period
        and found.network = asked.network
        and found.kpi = asked.kpi
    order by found.period
    limit 1
) as kpi on true
left join lateral (
    select
        found.kpi,
        found.verdict,
        found.value,
        found.reason,
        found.rule,
        found.low,
        found.high,
        found.forecast,
        found.forecast_low,
        found.forecast_high,
        found.is_final,
        found.spent,
        found.completeness,
        marts.marks(found, %(time_zone)s::text) as marks
    from marts.verdict as found
    where
        found.client = asked.client
        and found.month = asked.period
        and found.network = asked.network
        and found.kpi = asked.kpi
        and found.first_day is null
    order by found.month
    limit 1
) as judged on true
order by asked.network, asked.kpi, asked.period
