-- One row per day: the whole site, of the days that this load has claimed. A measure that it lacks and an earlier
-- load knew stays as it was.

-- one row per claimed day of which this load lacks measures that an earlier one knew: publish/coverage.sql
create temporary table kept_totals on commit drop as
select
    lacking.day,
    array_agg(lacking.measure) as measures
from lacking
inner join core.coverage as claim on claim.report = lacking.report and claim.day = lacking.day
where
    claim.client = %(client)s and claim.load_id = %(load_id)s
    and lacking.report = 'totals' and lacking.is_known
group by lacking.day;

create temporary table totals_before on commit drop as
select old.*
from core.traffic_totals as old
inner join kept_totals as kept on old.day = kept.day
where old.client = %(client)s;

delete from core.traffic_totals as old
using core.coverage as claim
where
    claim.client = %(client)s and claim.load_id = %(load_id)s and claim.report = 'totals'
    and old.client = claim.client and old.day = claim.day;

with staged as (
    select staged.*
    from staging.traffic_totals as staged
    inner join core.coverage as claim
        on
            claim.client = staged.client
            and claim.load_id = staged.load_id
            and claim.day = staged.day
            and claim.report = 'totals'
            and claim.state != 'unanswered'
    where staged.client = %(client)s and staged.load_id = %(load_id)s
)

insert into core.traffic_totals (
    client, day,
    sessions, engaged_sessions, page_views, new_users, engagement_seconds,
    key_events, key_event_sessions, purchases, revenue, load_id
)
select
    %(client)s,
    coalesce(staged.day, before.day) as day,
    case
        when 'sessions' = any(kept.measures) then before.sessions
        when staged.day is null then 0
        else staged.sessions
    end as sessions,
    case
        when 'engaged_sessions' = any(kept.measures) then before.engaged_sessions
        when staged.day is null then 0
        else staged.engaged_sessions
    end as engaged_sessions,
    case
        when 'page_views' = any(kept.measures) then before.page_views
        when staged.day is null then 0
        else staged.page_views
    end as page_views,
    case
        when 'new_users' = any(kept.measures) then before.new_users
        when staged.day is null then 0
        else staged.new_users
    end as new_users,
    case
        when 'engagement_seconds' = any(kept.measures) then before.engagement_seconds
        when staged.day is null then 0
        else staged.engagement_seconds
    end as engagement_seconds,
    case
        when 'key_events' = any(kept.measures) then before.key_events
        when staged.day is null then 0
        else staged.key_events
    end as key_events,
    case
        when 'key_event_sessions' = any(kept.measures) then before.key_event_sessions
        when staged.day is null then 0
        -- as in publish_traffic.sql
        else coalesce(staged.key_event_sessions, round(staged.key_event_rate * staged.sessions))
    end as key_event_sessions,
    case
        when 'purchases' = any(kept.measures) then before.purchases
        when staged.day is null then 0
        else staged.purchases
    end as purchases,
    case
        when 'revenue' = any(kept.measures) then before.revenue
        when staged.day is null then 0
        else staged.revenue
    end as revenue,
    coalesce(before.load_id, staged.load_id) as load_id -- of a day that two loads know parts of, both are kept
from staged
full join totals_before as before
    on before.day = staged.day
left join kept_totals as kept on kept.day = coalesce(staged.day, before.day)
