-- One row per KPI x network x day, week or month of one client.
with fact as (
    select
        client,
        network,
        kpi,
        grain,
        period,
        value,
        reason,
        numerator,
        denominator,
        completeness,
        is_derived,
        is_late,
        is_flagged
    from marts.kpi_computed
    where
        grain in ('day', 'week')
        and grain = %(grain)s
        and (
            %(grain)s != 'day'
            or (
                month >= date_trunc('month', coalesce(%(first_day)s::date, '-infinity')::timestamp)::date
                and month <= coalesce(%(last_day)s::date, 'infinity')
            )
        )
    union all
    select
        client,
        network,
        kpi,
        'month' as grain,
        period,
        value,
        reason,
        numerator,
        denominator,
        completeness,
        is_derived,
        is_late,
        is_flagged
    from marts.kpi_months
    where %(grain)s = 'month'
)

select
    fact.client,
    fact.network,
    fact.kpi,
    fact.grain,
    fact.period,
    fact.value,
    fact.reason,
    fact.numerator,
    fact.denominator,
    kpi.unit,
    case when kpi.unit = 'money' then client.currency end as currency,
    trim_scale(fact.completeness) as completeness,
    fact.is_derived,
    fact.is_late,
    fact.is_flagged
from fact
left join catalogue.kpi as kpi on fact.kpi = kpi.kpi
left join core.client as client on fact.client = client.client
where
    fact.client = %(client)s
    and fact.period >= coalesce(%(first_day)s::date, '-infinity')
    and fact.period <= coalesce(%(last_day)s::date, 'infinity')
    and (%(network)s::text is null or fact.network = %(network)s)
    and (%(kpi)s::text is null or fact.kpi = %(kpi)s)
