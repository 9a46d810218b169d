-- Why a target is missed, or will be: one row per part, the month that it is compared with first. As posts x reach x
-- reactions where that is known, else by the measures of the formula.
with told as (
    select
        *,
        bool_or(view = 'factors') over (partition by network, kpi) as has_factors
    from marts.why
    where client = %(client)s and month = %(month)s
)

select
    told.client,
    told.network,
    told.kpi,
    told.part,
    told.part_network,
    told.reference_month,
    told.was,
    told.now,
    told.effect,
    coalesce(measure.unit, kpi.unit, 'count') as unit
from told
left join catalogue.measure as measure on told.part = measure.measure
left join catalogue.kpi as kpi on told.part = kpi.kpi
where told.has_factors = (told.view = 'factors')
order by told.network, told.kpi, told.position
