-- One row per staged load of GA4: what the audit has to know of staging.ga4_traffic.
with staged as (
    select
        load.first_day,
        load.last_day,
        traffic.*
    from core.load as load
    inner join staging.ga4_traffic as traffic on traffic.client = load.client and traffic.load_id = load.load_id
    where load.run_id = %(run_id)s and load.state = 'staged'
),

facts as (
    select
        client,
        load_id,
        count(*) as n_rows,
        count(*) - count(distinct row(day, session_source, session_medium, session_campaign)) as n_doubled,
        count(*) filter (where day not between first_day and last_day) as n_outside,
        count(*) filter (
            where
            least(
                sessions, engaged_sessions, page_views, new_users, engagement_seconds, key_events, purchases
            ) < 0
        ) as n_negative,
        count(*) filter (where engaged_sessions > sessions) as n_engaged_beyond_sessions,
        count(*) filter (where key_event_rate not between 0 and 1) as n_rate_beyond_one,
        sum(sessions) as sessions
    from staged
    group by client, load_id
),

control as (
    select
        totals.client,
        totals.load_id,
        sum(totals.sessions) as sessions
    from staging.ga4_totals as totals
    inner join core.load as load on load.client = totals.client and load.load_id = totals.load_id
    where load.run_id = %(run_id)s and load.state = 'staged'
    group by totals.client, totals.load_id
),

compared as ( -- no row is no visit; rows without sessions are of a report that did not carry them
    select
        control.client,
        control.load_id,
        case when facts.client is null then 0 else facts.sessions end as by_source,
        control.sessions as by_date
    from control
    left join facts on facts.client = control.client and facts.load_id = control.load_id
)

select
    load.client,
    load.load_id,
    coalesce(facts.n_rows, 0) as n_rows,
    coalesce(facts.n_doubled, 0) as n_doubled,
    coalesce(facts.n_outside, 0) as n_outside,
    coalesce(facts.n_negative, 0) as n_negative,
    coalesce(facts.n_engaged_beyond_sessions, 0) as n_engaged_beyond_sessions,
    coalesce(facts.n_rate_beyond_one, 0) as n_rate_beyond_one,
    case
        when abs(compared.by_source - compared.by_date) > 0.01 * compared.by_date
            then compared.by_source || ' by source, ' || compared.by_date || ' by date alone'
    end as off_control
from core.load as load
left join facts on facts.client = load.client and facts.load_id = load.load_id
left join compared on compared.client = load.client and compared.load_id = load.load_id
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = 'ga4'
