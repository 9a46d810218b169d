-- Visits, by the network that they came from, and of the whole site from the report by date alone.
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_flagged, week, month, is_kept
)
with fact as (
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

hidden as ( -- what a service hides from the account is covered by a line of its own
    select
        client,
        day,
        report
    from answered
    where state = 'no_access' and position('.' in report) > 0
),

awaited as ( -- what the client's source gives, be it of networks that its file does not name
    select distinct
        expected.client,
        given.report,
        given.measure
    from expected
    inner join catalogue.given as given on expected.source = given.source and given.kind = 'traffic'
    where expected.networks = 'site'
),

told as (
    select
        grid.*,
        visit.measure,
        visit.value,
        answered.state = 'flagged' as is_flagged,
        case
            when answered.state is null then 'source_missing'
            when answered.state = 'no_access' then 'no_access'
            when visit.measure = any(answered.without) and hidden.client is not null then 'no_access'
            when visit.measure = any(answered.without) then 'not_applicable'
            when given.measure is null then 'not_applicable' -- another source counted that day, and not this
            when fact.client is not null and visit.value is null then 'not_applicable'
        end as reason
    from grid
    left join answered
        on
            grid.client = answered.client
            and grid.day = answered.day
            and answered.report = case grid.network when 'site' then 'totals' else 'traffic' end
    left join fact on grid.client = fact.client and grid.network = fact.network and grid.day = fact.day
    cross join
        lateral (
            values
            ('sessions', fact.sessions),
            ('engaged_sessions', fact.engaged_sessions),
            ('engagement_seconds', fact.engagement_seconds),
            ('page_views', fact.page_views),
            ('new_users', fact.new_users),
            ('key_events', fact.key_events),
            ('key_event_sessions', fact.key_event_sessions),
            ('purchases', fact.purchases),
            ('revenue', fact.revenue)
        ) as visit (measure, value)
    inner join awaited
        on
            grid.client = awaited.client
            and awaited.report = case grid.network when 'site' then 'totals' else 'traffic' end
            and visit.measure = awaited.measure
    left join catalogue.given as given
        on
            answered.source = given.source
            and answered.report = given.report
            and visit.measure = given.measure
            and given.grain = 'day'
            and given.networks = case grid.network when 'site' then 'site' else 'origins' end
    left join hidden
        on
            grid.client = hidden.client
            and grid.day = hidden.day
            and hidden.report = answered.report || '.' || visit.measure
    where grid.networks = 'origins'
)

select
    client,
    network,
    measure,
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
