-- What a client's targets came to in a week, and in the one before: one row per KPI and network with a target; null =
-- nothing was expected.
with week as (
    select
        fact.network,
        fact.kpi,
        fact.period = %(week)s::date as is_this,
        marts.number(fact) as number
    from marts.kpi as fact
    where
        fact.client = %(client)s
        and fact.grain = 'week'
        and fact.period = any(array[%(week)s::date, %(week)s::date - 7])
)

select
    verdict.client,
    verdict.network,
    verdict.kpi,
    this.number as this,
    before.number as before
from marts.verdict as verdict
left join week as this
    on verdict.network = this.network and verdict.kpi = this.kpi and this.is_this
left join week as before
    on verdict.network = before.network and verdict.kpi = before.kpi and not before.is_this
where verdict.client = %(client)s and verdict.month = %(month)s
order by verdict.kpi, verdict.network
