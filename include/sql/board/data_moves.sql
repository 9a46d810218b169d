-- How much a client's finished days have moved later: one row per network x measure x age in days, when the value was
-- replaced. A move is a share of the value that came; from or to what is not known, and to zero, there is none.
with stood as (
    select
        history.network,
        history.measure,
        history.period,
        history.value,
        (history.replaced_at at time zone client.time_zone)::date - history.period as age,
        lead(history.value) over later as next_value,
        lead(history.replaced_at) over later is null as is_last
    from core.client as client
    inner join marts.measure_history as history
        on client.client = history.client and history.grain = 'day' and history.period >= %(first_day)s
    where client.client = %(client)s
    window later as (
        partition by history.network, history.measure, history.period
        order by history.replaced_at
    )
),

moved as (
    select
        stood.network,
        stood.measure,
        stood.age,
        stood.value,
        case
            when stood.is_last then daily.numbers[stood.period - daily.first_day + 1]
            else stood.next_value
        end as came
    from stood
    left join marts.daily as daily
        on
            daily.client = %(client)s
            and daily.month = date_trunc('month', stood.period::timestamp)::date
            and stood.network = daily.network
            and stood.measure = daily.measure
),

shared as (
    select
        network,
        measure,
        abs(came - value) / nullif(abs(came), 0) as share,
        width_bucket(age, %(ages)s::integer[]) as place
    from moved
)

select
    network,
    measure,
    place,
    count(share) as days,
    percentile_cont(0.5) within group (order by share)::numeric as median,
    max(share) as largest
from shared
where share is not null and place > 0
group by network, measure, place
order by network, measure, place
