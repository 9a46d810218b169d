-- Some KPIs of a client by network, in a month and in the one before: one row per KPI and network that has either.
with fact as (
    select
        found.*,
        catalogue.spent(found.kpi, found.reason, found.numerator) as spent,
        catalogue.result(found.kpi) as result,
        marts.marks(found) as marks
    from marts.kpi_months as found
    where
        found.client = %(client)s
        and found.period in (%(month)s, %(before)s)
        and found.kpi = any(%(kpis)s::text[])
),

this as (
    select *
    from fact
    where period = %(month)s
),

before as (
    select *
    from fact
    where period = %(before)s
)

select
    coalesce(this.network, before.network) as network,
    coalesce(this.kpi, before.kpi) as kpi,
    this.value,
    this.spent,
    this.result,
    this.marks,
    case when this.kpi is null then 'source_missing' else this.reason end as reason,
    before.value as before_value,
    before.spent as before_spent,
    before.result as before_result,
    before.marks as before_marks,
    case when before.kpi is null then 'source_missing' else before.reason end as before_reason
from this
full join before
    on this.network = before.network and this.kpi = before.kpi
order by 2, 1
