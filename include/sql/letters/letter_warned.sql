-- Which targets of the running month a warning of one kind would name now: one row each. Each is named once per kind
-- and month. That a miss is certain is told at once; what the forecast says, if it says so on each of the last three
-- days known; and that a target is back, if it was told that it was at risk.
with named as (
    select
        letter.kind,
        letter.state,
        target.value ->> 'network' as network,
        target.value ->> 'kpi' as kpi
    from marts.letter as letter
    cross join lateral jsonb_array_elements(letter.content -> 'targets') as target (value)
    where
        letter.client = %(client)s
        and letter.month = %(month)s
        and letter.state not in ('expired', 'taken_back')
),

newest as (
    select
        verdict.*,
        forecast.value < verdict.low - coalesce(verdict.tolerance, 0) * abs(verdict.low)
        or forecast.value > verdict.high + coalesce(verdict.tolerance, 0) * abs(verdict.high) as is_miss,
        row_number() over (partition by verdict.network, verdict.kpi order by forecast.day desc) as nth
    from marts.verdict as verdict
    inner join marts.forecast as forecast
        on
            verdict.client = forecast.client
            and verdict.month = forecast.month
            and verdict.network = forecast.network
            and verdict.kpi = forecast.kpi
    where
        verdict.client = %(client)s
        and verdict.month = %(month)s
        and verdict.verdict in ('at_risk', 'on_track')
        and forecast.value is not null
),

steady as (
    select
        network,
        kpi
    from newest
    where nth <= 3
    group by network, kpi, verdict
    having count(*) = 3 and bool_and(coalesce(is_miss, false) = (verdict = 'at_risk'))
),

told as (
    select
        network,
        kpi,
        bool_or(kind = %(kind)s) as is_told,
        bool_or(kind = 'at_risk' and state = 'sent') as is_warned
    from named
    group by network, kpi
)

select
    verdict.client,
    verdict.network,
    verdict.kpi
from marts.verdict as verdict
left join steady on verdict.network = steady.network and verdict.kpi = steady.kpi
left join told on verdict.network = told.network and verdict.kpi = told.kpi
where
    verdict.client = %(client)s
    and verdict.month = %(month)s
    and verdict.verdict = case when %(kind)s = 'back_on_track' then 'on_track' else %(kind)s end
    and not coalesce(told.is_told, false)
    and (%(kind)s = 'certain_miss' or steady.kpi is not null)
    and (%(kind)s != 'back_on_track' or told.is_warned)
order by verdict.kpi, verdict.network
