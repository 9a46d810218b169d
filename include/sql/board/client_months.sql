-- Thirteen months of some KPIs of a client, the asked one last: one row per network, KPI and month. The last two are
-- told as they were judged; the plan is that of the month as it was judged then. What a plan for a quarter or a
-- campaign asks is no month's.
with asked as (
    select
        cell.network,
        cell.kpi,
        (%(month)s::date - make_interval(months => ago.months))::date as period,
        ago.months < 2 as is_as_judged
    from unnest(%(networks)s::text[], %(kpis)s::text[]) as cell (network, kpi)
    cross join generate_series(0, 12) as ago (months)
),

told as (
    select
        asked.network,
        asked.kpi,
        asked.period,
        case when asked.is_as_judged and judged.kpi is not null then judged.value else kpi.value end as value,
        case
            when asked.is_as_judged and judged.kpi is not null then judged.reason
            else coalesce(kpi.reason, 'source_missing')
        end as reason,
        judged.verdict,
        judged.reason as verdict_reason,
        coalesce(judged.rule, 'at_least') as rule,
        case when judged.verdict != 'not_due' then judged.low end as low,
        case when judged.verdict != 'not_due' then judged.high end as high,
        judged.forecast,
        judged.forecast_low,
        judged.forecast_high,
        judged.certain_since,
        judged.is_final,
        coalesce(kpi.completeness < 1, false) as is_incomplete,
        coalesce(kpi.is_derived, false) as is_derived,
        coalesce(kpi.is_late, false) as is_late,
        coalesce(kpi.is_flagged, false) as is_flagged
    from asked
    left join marts.kpi as kpi
        on
            kpi.client = %(client)s
            and kpi.grain = 'month'
            and asked.period = kpi.period
            and asked.network = kpi.network
            and asked.kpi = kpi.kpi
    left join marts.verdict as judged
        on
            judged.client = %(client)s
            and asked.period = judged.month
            and asked.network = judged.network
            and asked.kpi = judged.kpi
            and judged.first_day is null
)

select
    network,
    kpi,
    period,
    value,
    case when value is null then reason end as reason,
    verdict,
    verdict_reason,
    rule,
    low,
    high,
    forecast,
    forecast_low,
    forecast_high,
    certain_since,
    -- what nobody judges is held to be final when a verdict would be
    coalesce(not is_final, %(today)s::date < (period + interval '1 month 13 days')::date) as is_open,
    (period + interval '1 month')::date > %(today)s::date as is_running,
    is_incomplete,
    is_derived,
    is_late,
    is_flagged
from told
order by network, kpi, period
