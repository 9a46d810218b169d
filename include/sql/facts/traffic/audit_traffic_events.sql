-- One row per staged load of traffic: what the audit has to know of staging.traffic_events.
with facts as (
    select
        events.client,
        events.load_id,
        count(*) as n_rows,
        count(*)
        - count(
            distinct
            row(events.day, events.event, events.is_total, events.session_source, events.session_medium)
        ) as n_doubled,
        count(*) filter (where events.day not between load.first_day and load.last_day) as n_outside,
        count(*) filter (where events.events < 0) as n_negative
    from core.load as load
    inner join staging.traffic_events as events on events.client = load.client and events.load_id = load.load_id
    where load.run_id = %(run_id)s and load.state = 'staged'
    group by events.client, events.load_id
)

select
    load.client,
    load.load_id,
    coalesce(facts.n_rows, 0) as n_rows,
    coalesce(facts.n_doubled, 0) as n_doubled,
    coalesce(facts.n_outside, 0) as n_outside,
    coalesce(facts.n_negative, 0) as n_negative,
    contradicted.said as off_totals
from core.load as load
left join facts on facts.client = load.client and facts.load_id = load.load_id
left join staging.contradictions as contradicted
    on
        contradicted.client = load.client
        and contradicted.load_id = load.load_id
        and contradicted.report = 'events'
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = any(%(sources)s)
