-- Some KPIs of a client by network, in a month and in the one before: one row per KPI and network that has either.
with this as (
    select * from marts.kpi
    where client = %(client)s and grain = 'month' and period = %(month)s and kpi = any(%(kpis)s::text[])
),

before as (
    select * from marts.kpi
    where client = %(client)s and grain = 'month' and period = %(before)s and kpi = any(%(kpis)s::text[])
)

select
    coalesce(this.network, before.network) as network,
    coalesce(this.kpi, before.kpi) as kpi,
    this.value,
    case when this.kpi is null then 'source_missing' else this.reason end as reason,
    before.value as before,
    case when before.kpi is null then 'source_missing' else before.reason end as before_reason
from this
full join before
    on this.network = before.network and this.kpi = before.kpi
order by 2, 1
