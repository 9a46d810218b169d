-- Visits, by the network that they came from, and of the whole site from the report by date alone.
insert into fact (place, report, measure, grain, period, numbers)
with visited as (
    select
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
),

spread as ( -- a day without visits has no row in core
    select
        grid.place,
        case grid.networks when 'site' then 'totals' else 'traffic' end as report,
        grid.day,
        grid.week,
        grid.month,
        grid.is_kept,
        case when visited.client is null then 0 else visited.sessions end as sessions,
        case when visited.client is null then 0 else visited.engaged_sessions end as engaged_sessions,
        case when visited.client is null then 0 else visited.engagement_seconds end as engagement_seconds,
        case when visited.client is null then 0 else visited.page_views end as page_views,
        case when visited.client is null then 0 else visited.new_users end as new_users,
        case when visited.client is null then 0 else visited.key_events end as key_events,
        case when visited.client is null then 0 else visited.key_event_sessions end as key_event_sessions,
        case when visited.client is null then 0 else visited.purchases end as purchases,
        case when visited.client is null then 0 else visited.revenue end as revenue
    from grid
    left join visited
        on grid.client = visited.client and grid.network = visited.network and grid.day = visited.day
    where grid.networks in ('origins', 'site')
),

packed as (
    select
        place,
        min(report) as report,
        case grouping(week) when 0 then 'week' else 'month' end as grain,
        coalesce(week, month) as period,
        array_agg(sessions order by day) as sessions,
        array_agg(engaged_sessions order by day) as engaged_sessions,
        array_agg(engagement_seconds order by day) as engagement_seconds,
        array_agg(page_views order by day) as page_views,
        array_agg(new_users order by day) as new_users,
        array_agg(key_events order by day) as key_events,
        array_agg(key_event_sessions order by day) as key_event_sessions,
        array_agg(purchases order by day) as purchases,
        array_agg(revenue order by day) as revenue
    from spread
    group by grouping sets ((place, week), (place, month))
    having grouping(week) = 0 or bool_and(is_kept)
)

select
    packed.place,
    packed.report,
    visit.measure,
    packed.grain,
    packed.period,
    visit.numbers
from packed
cross join
    lateral (
        values
        ('sessions', packed.sessions),
        ('engaged_sessions', packed.engaged_sessions),
        ('engagement_seconds', packed.engagement_seconds),
        ('page_views', packed.page_views),
        ('new_users', packed.new_users),
        ('key_events', packed.key_events),
        ('key_event_sessions', packed.key_event_sessions),
        ('purchases', packed.purchases),
        ('revenue', packed.revenue)
    ) as visit (measure, numbers);

-- Forms sent: the event that the client's file names, by the network of the visit, and on the whole site.
insert into fact (place, report, measure, grain, period, numbers)
with sent as (
    select
        events.client,
        case when events.is_total then 'site' else origin.network end as network,
        events.day,
        sum(events.events) as forms
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
)

select
    grid.place,
    'events' as report,
    'forms' as measure,
    case grouping(grid.week) when 0 then 'week' else 'month' end as grain,
    coalesce(grid.week, grid.month) as period,
    array_agg(case when sent.client is null then 0 else sent.forms end order by grid.day) as numbers
from grid
inner join core.lead_part as form on grid.client = form.client and form.part = 'forms'
left join sent on grid.client = sent.client and grid.network = sent.network and grid.day = sent.day
where grid.networks in ('origins', 'site')
group by grouping sets ((grid.place, grid.week), (grid.place, grid.month))
having grouping(grid.week) = 0 or bool_and(grid.is_kept)
