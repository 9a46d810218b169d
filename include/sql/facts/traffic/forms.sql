-- Forms sent: the event that the client's file names, by the network of the visit, and on the whole site.
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_flagged, week, month, is_kept
)
with form as (
    select
        client,
        event
    from core.lead_part
    where part = 'forms' and event is not null
),

fact as (
    select
        events.client,
        case when events.is_total then 'site' else origin.network end as network,
        events.day,
        sum(events.events) as forms
    from core.traffic_events as events
    inner join form on events.client = form.client and events.event = form.event
    inner join slice_day on events.client = slice_day.client and events.day = slice_day.day
    left join origin
        on
            not events.is_total
            and events.session_source = origin.session_source
            and events.session_medium = origin.session_medium
    group by 1, 2, 3
),

told as (
    select
        grid.*,
        fact.forms as value,
        answered.state = 'flagged' as is_flagged,
        case
            when answered.state is null then 'source_missing'
            when answered.state = 'no_access' then 'no_access'
            when 'forms' = any(answered.without) then 'not_applicable'
        end as reason
    from grid
    inner join form on grid.client = form.client
    left join answered on grid.client = answered.client and grid.day = answered.day and answered.report = 'events'
    left join fact on grid.client = fact.client and grid.network = fact.network and grid.day = fact.day
    where grid.networks = 'origins'
)

select
    client,
    network,
    'forms' as measure,
    'day' as grain,
    day,
    case when reason is null then coalesce(value, 0) end as value,
    reason,
    case when reason is null then 1 else 0 end as completeness,
    coalesce(is_flagged, false) as is_flagged,
    week,
    month,
    is_kept
from told
