-- Visits, by the network that they came from, and of the whole site from the report by date alone.
insert into fact (client, network, day, report, measure, value)
with visited as (
    select
        'traffic' as report,
        traffic.client,
        origin.network,
        traffic.day,
        sum(traffic.sessions) as sessions,
        sum(traffic.engaged_sessions) as engaged_sessions,
        sum(traffic.engagement_seconds) as engagement_seconds,
        sum(traffic.page_views) as page_views,
        sum(traffic.new_users) as new_users,
        sum(traffic.key_events) as key_events,
        sum(traffic.key_event_sessions) as key_event_sessions,
        sum(traffic.purchases) as purchases,
        sum(traffic.revenue) as revenue
    from core.traffic as traffic
    inner join slice_day on traffic.client = slice_day.client and traffic.day = slice_day.day
    inner join origin
        on traffic.session_source = origin.session_source and traffic.session_medium = origin.session_medium
    group by traffic.client, origin.network, traffic.day
    union all
    select
        'totals' as report,
        totals.client,
        'site' as network,
        totals.day,
        totals.sessions,
        totals.engaged_sessions,
        totals.engagement_seconds,
        totals.page_views,
        totals.new_users,
        totals.key_events,
        totals.key_event_sessions,
        totals.purchases,
        totals.revenue
    from core.traffic_totals as totals
    inner join slice_day on totals.client = slice_day.client and totals.day = slice_day.day
)

select
    visited.client,
    visited.network,
    visited.day,
    visited.report,
    visit.measure,
    visit.value
from visited
cross join
    lateral (
        values
        ('sessions', visited.sessions),
        ('engaged_sessions', visited.engaged_sessions),
        ('engagement_seconds', visited.engagement_seconds),
        ('page_views', visited.page_views),
        ('new_users', visited.new_users),
        ('key_events', visited.key_events),
        ('key_event_sessions', visited.key_event_sessions),
        ('purchases', visited.purchases),
        ('revenue', visited.revenue)
    ) as visit (measure, value);

-- Forms sent: the event that the client's file names, by the network of the visit, and on the whole site.
insert into fact (client, network, day, report, measure, value)
select
    events.client,
    case when events.is_total then 'site' else origin.network end as network,
    events.day,
    'events' as report,
    'forms' as measure,
    sum(events.events)
from core.traffic_events as events
inner join core.lead_part as form
    on events.client = form.client and form.part = 'forms' and events.event = form.event
inner join slice_day on events.client = slice_day.client and events.day = slice_day.day
left join origin
    on
        not events.is_total
        and events.session_source = origin.session_source
        and events.session_medium = origin.session_medium
group by
    events.client,
    case when events.is_total then 'site' else origin.network end,
    events.day
