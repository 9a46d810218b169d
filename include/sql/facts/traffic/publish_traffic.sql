-- One row per day x session source x medium x campaign, of the days that this load has claimed. A measure that it
-- lacks and an earlier load knew stays as it was, under the origins that it had: the day's sum is the same.

-- one row per claimed day of which this load lacks measures that an earlier one knew: publish/coverage.sql
create temporary table kept_traffic on commit drop as
select
    lacking.day,
    array_agg(lacking.measure) as measures
from lacking
inner join core.coverage as claim on claim.report = lacking.report and claim.day = lacking.day
where
    claim.client = %(client)s and claim.load_id = %(load_id)s
    and lacking.report = 'traffic' and lacking.is_known
group by lacking.day;

create temporary table traffic_before on commit drop as
select old.*
from core.traffic as old
inner join kept_traffic as kept on old.day = kept.day
where old.client = %(client)s;

delete from core.traffic as old
using core.coverage as claim
where
    claim.client = %(client)s and claim.load_id = %(load_id)s and claim.report = 'traffic'
    and old.client = claim.client and old.day = claim.day;

with staged as (
    select staged.*
    from staging.traffic as staged
    inner join core.coverage as claim
        on
            claim.client = staged.client
            and claim.load_id = staged.load_id
            and claim.day = staged.day
            and claim.report = 'traffic'
            and claim.state != 'unanswered'
    where staged.client = %(client)s and staged.load_id = %(load_id)s
)

insert into core.traffic (
    client, day, session_source, session_medium, session_campaign,
    sessions, engaged_sessions, page_views, new_users, engagement_seconds,
    key_events, key_event_sessions, purchases, revenue, load_id
)
select
    %(client)s,
    coalesce(staged.day, before.day) as day,
    coalesce(staged.session_source, before.session_source) as session_source,
    coalesce(staged.session_medium, before.session_medium) as session_medium,
    coalesce(staged.session_campaign, before.session_campaign) as session_campaign,
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
        -- a count of sessions, where a source gives it as a rate only
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
full join traffic_before as before
    on before.day = staged.day
        and before.session_source = staged.session_source
        and before.session_medium = staged.session_medium
        and before.session_campaign = staged.session_campaign
left join kept_traffic as kept on kept.day = coalesce(staged.day, before.day)
