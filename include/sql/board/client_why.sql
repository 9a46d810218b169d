-- Why targets of a client are missed, or will be, in a month or the one before: one row per part, what it starts from
-- first. As posts x reach x reactions where that is known, else by the measures of the formula.
with told as (
    select
        *,
        bool_or(view = 'factors') over (partition by month, network, kpi) as has_factors
    from marts.why
    where client = %(client)s and month in (%(month)s::date, %(before)s::date)
)

select
    told.month,
    told.network,
    told.kpi,
    told.part,
    told.part_network,
    told.reference_month,
    told.was,
    told.now,
    told.effect,
    told.share,
    coalesce(measure.unit, part.unit) as unit -- null = the target's own
from told
left join catalogue.measure as measure on told.part = measure.measure
left join catalogue.kpi as part on told.part = part.kpi
where told.has_factors = (told.view = 'factors')
order by told.month, told.network, told.kpi, told.position
