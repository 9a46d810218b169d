-- One row per staged load of traffic: what the audit has to know of staging.traffic.
with staged as (
    select
        load.first_day,
        load.last_day,
        traffic.*
    from core.load as load
    inner join staging.traffic as traffic on traffic.client = load.client and traffic.load_id = load.load_id
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
        count(*) filter (where key_event_rate not between 0 and 1) as n_rate_beyond_one
    from staged
    group by client, load_id
),

unanswered as (
    select
        client,
        load_id,
        string_agg(
            report || ' ' || first_day || case when last_day > first_day then '..' || last_day else '' end,
            ', ' order by report, first_day
        ) as days
    from staging.coverage
    where state = 'unanswered'
    group by client, load_id
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
    contradicted.said as off_control,
    unanswered.days as unanswered
from core.load as load
left join facts on facts.client = load.client and facts.load_id = load.load_id
left join staging.contradictions as contradicted
    on
        contradicted.client = load.client
        and contradicted.load_id = load.load_id
        and contradicted.report = 'traffic'
left join unanswered on unanswered.client = load.client and unanswered.load_id = load.load_id
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = any(%(sources)s)
