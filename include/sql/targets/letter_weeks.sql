-- What a client's targets came to in a week, and in the one before: one row per KPI and network with a target.
select
    verdict.client,
    verdict.network,
    verdict.kpi,
    this.value,
    case when this.kpi is null then 'source_missing' else this.reason end as reason,
    before.value as before,
    case when before.kpi is null then 'source_missing' else before.reason end as before_reason
from marts.verdict as verdict
left join marts.kpi as this
    on
        verdict.client = this.client
        and verdict.network = this.network
        and verdict.kpi = this.kpi
        and this.grain = 'week'
        and this.period = %(week)s::date
left join marts.kpi as before
    on
        verdict.client = before.client
        and verdict.network = before.network
        and verdict.kpi = before.kpi
        and before.grain = 'week'
        and before.period = %(week)s::date - 7
where verdict.client = %(client)s and verdict.month = %(month)s
order by verdict.kpi, verdict.network
