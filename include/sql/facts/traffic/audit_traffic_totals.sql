-- One row per staged load of traffic: what the audit has to know of staging.traffic_totals. A day without a row, in a
-- client that had visits on every one of the 28 days before the load, is rather an outage of the counter than a quiet
-- day.
with staged as (
    select
        load.first_day,
        load.last_day,
        totals.*
    from core.load as load
    inner join staging.traffic_totals as totals on totals.client = load.client and totals.load_id = load.load_id
    where load.run_id = %(run_id)s and load.state = 'staged'
),

facts as (
    select
        client,
        load_id,
        count(*) as n_rows,
        count(*) - count(distinct day) as n_doubled,
        count(distinct day) as n_days,
        count(*) filter (where day not between first_day and last_day) as n_outside,
        count(*) filter (
            where
            least(
                sessions, engaged_sessions, page_views, new_users,
                engagement_seconds, key_events, purchases
            ) < 0
        ) as n_negative
    from staged
    group by client, load_id
),

before as (
    select
        load.client,
        load.load_id,
        count(*) filter (where known.sessions > 0) as n_busy_days
    from core.load as load
    inner join core.traffic_totals as known
        on known.client = load.client and known.day between load.first_day - 28 and load.first_day - 1
    where load.run_id = %(run_id)s and load.state = 'staged' and load.source = any(%(sources)s)
    group by load.client, load.load_id
)

select
    load.client,
    load.load_id,
    coalesce(facts.n_rows, 0) as n_rows,
    coalesce(facts.n_doubled, 0) as n_doubled,
    coalesce(facts.n_outside, 0) as n_outside,
    coalesce(facts.n_negative, 0) as n_negative,
    case
        when before.n_busy_days = 28 then load.last_day - load.first_day + 1 - coalesce(facts.n_days, 0)
        else 0
    end as n_silent_days,
    contradicted.said as off_traffic
from core.load as load
left join facts on facts.client = load.client and facts.load_id = load.load_id
left join before on before.client = load.client and before.load_id = load.load_id
left join staging.contradictions as contradicted
    on
        contradicted.client = load.client
        and contradicted.load_id = load.load_id
        and contradicted.report = 'totals'
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = any(%(sources)s)
