-- One row per measure x network x day, week or month of one client.
with fact as (
    select
        client,
        network,
        measure,
        'day' as grain,
        period,
        value,
        reason,
        completeness,
        is_derived,
        is_late,
        is_flagged
    from marts.measure_days
    where
        %(grain)s = 'day'
        and month >= date_trunc('month', coalesce(%(first_day)s::date, '-infinity')::timestamp)::date
        and month <= coalesce(%(last_day)s::date, 'infinity')
    union all
    select
        client,
        network,
        measure,
        grain,
        period,
        value,
        reason,
        completeness,
        is_derived,
        is_late,
        is_flagged
    from marts.measure_periods
    where grain = %(grain)s
)

select
    fact.client,
    fact.network,
    fact.measure,
    fact.grain,
    fact.period,
    fact.value,
    fact.reason,
    measure.kind,
    measure.unit,
    case when measure.unit = 'money' then client.currency end as currency,
    trim_scale(fact.completeness) as completeness,
    fact.is_derived,
    fact.is_late,
    fact.is_flagged
from fact
left join catalogue.measure as measure on fact.measure = measure.measure
left join core.client as client on fact.client = client.client
where
    fact.client = %(client)s
    and fact.period >= coalesce(%(first_day)s::date, '-infinity')
    and fact.period <= coalesce(%(last_day)s::date, 'infinity')
    and (%(network)s::text is null or fact.network = %(network)s)
    and (%(measure)s::text is null or fact.measure = %(measure)s)
