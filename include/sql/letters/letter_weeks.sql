-- What a client's targets came to in a week, and in the one before: one row per KPI and network with a target; null =
-- nothing was expected.
select
    verdict.client,
    verdict.network,
    verdict.kpi,
    marts.number(this) as this,
    marts.number(before) as before
from marts.verdict as verdict
left join marts.kpi_periods as this
    on
        verdict.client = this.client
        and verdict.network = this.network
        and verdict.kpi = this.kpi
        and this.grain = 'week'
        and this.period = %(week)s::date
left join marts.kpi_periods as before
    on
        verdict.client = before.client
        and verdict.network = before.network
        and verdict.kpi = before.kpi
        and before.grain = 'week'
        and before.period = %(week)s::date - 7
where verdict.client = %(client)s and verdict.month = %(month)s
order by verdict.kpi, verdict.network
