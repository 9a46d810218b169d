-- Why targets are missed, or will be: what is to be split. One row per verdict that is missed, at_risk or certain_miss,
-- but for costs of nothing: no part of an infinite gap is known.
-- The reference is the last month of the 12 before that is whole, not doubtful and nobody's exception. The plan for a
-- quarter or a campaign has no such month.
create temporary table why_split on commit drop as
with unmet as (
    select
        client,
        month,
        network,
        kpi,
        target,
        verdict != 'missed' as is_running,
        first_day is not null as is_span,
        case when verdict = 'missed' then value else coalesce(forecast, value) end as now
    from marts.verdict
    where
        client = any(%(clients)s)
        and month = %(month)s
        and verdict in ('missed', 'at_risk', 'certain_miss')
        and case when verdict = 'missed' then value else coalesce(forecast, value) end is not null
)

select
    unmet.*,
    fact.completeness < 1 and reference.month is not null as is_by_days,
    reference.month as reference_month,
    reference.value as was
from unmet
left join marts.kpi_months as fact
    on
        unmet.client = fact.client
        and unmet.month = fact.period
        and unmet.network = fact.network
        and unmet.kpi = fact.kpi
left join lateral (
    select
        earlier.period as month,
        earlier.value
    from marts.kpi_months as earlier
    where
        not unmet.is_span
        and earlier.client = unmet.client
        and earlier.period < unmet.month
        and earlier.period >= unmet.month - interval '12 months'
        and earlier.network = unmet.network
        and earlier.kpi = unmet.kpi
        and earlier.value is not null
        and earlier.completeness = 1
        and not (earlier.is_derived or earlier.is_late or earlier.is_flagged)
        and not exists (
            select from core.annotation as event
            where
                event.client = earlier.client
                and not event.compare
                and (event.network is null or event.network = earlier.network or earlier.network in ('all', 'site'))
                and event.first_day < (earlier.period + interval '1 month')::date
                and event.last_day >= earlier.period
        )
    order by earlier.period desc
    limit 1
) as reference on true;

analyze why_split
