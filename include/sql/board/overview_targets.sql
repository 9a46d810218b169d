-- The targets of some clients: one row per target that is judged in the month or the month before, what needs somebody
-- first.
with judged as (
    select
        found.*,
        case when found.spent is not null then catalogue.result(found.kpi) end as result,
        marts.marks(found, client.time_zone) as marks
    from marts.verdict as found
    inner join core.client as client on found.client = client.client
    where found.client = any(%(clients)s) and found.month in (%(month)s, %(before)s)
),

this as (
    select *
    from judged
    where month = %(month)s
),

before as (
    select *
    from judged
    where month = %(before)s
)

select
    coalesce(this.client, before.client) as client,
    coalesce(this.network, before.network) as network,
    coalesce(this.kpi, before.kpi) as kpi,
    coalesce(this.is_main, before.is_main) as is_main,
    this.verdict,
    this.reason,
    this.low,
    this.high,
    this.value,
    this.spent,
    this.result,
    this.marks,
    this.forecast,
    this.forecast_low,
    this.forecast_high,
    this.is_final,
    before.verdict as before_verdict,
    before.reason as before_reason,
    before.low as before_low,
    before.high as before_high,
    before.value as before_value,
    before.spent as before_spent,
    before.result as before_result,
    before.marks as before_marks,
    before.is_final as before_is_final
from this
full join before
    on this.client = before.client and this.network = before.network and this.kpi = before.kpi
order by
    client asc,
    case
        when this.verdict in ('missed', 'certain_miss') then 1
        when this.verdict = 'at_risk' then 2
        when before.verdict = 'missed' then 3
        else 4
    end asc,
    is_main desc,
    kpi asc,
    network asc
