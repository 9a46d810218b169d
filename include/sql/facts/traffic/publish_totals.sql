-- One row per day: the whole site, of the days that this load has claimed.
delete from core.traffic_totals as old
using core.coverage as claim
where
    claim.client = %(client)s and claim.load_id = %(load_id)s and claim.report = 'totals'
    and old.client = claim.client and old.day = claim.day;

with claimed as (
    select day from core.coverage
    where client = %(client)s and load_id = %(load_id)s and report = 'totals' and state != 'unanswered'
)

insert into core.traffic_totals (
    client, day, sessions, engaged_sessions, page_views, new_users, engagement_seconds,
    key_events, key_event_sessions, purchases, revenue, load_id
)
select
    staged.client,
    staged.day,
    staged.sessions,
    staged.engaged_sessions,
    staged.page_views,
    staged.new_users,
    staged.engagement_seconds,
    staged.key_events,
    coalesce(staged.key_event_sessions, round(staged.key_event_rate * staged.sessions)), -- as in publish_traffic.sql
    staged.purchases,
    staged.revenue,
    staged.load_id
from staging.traffic_totals as staged
inner join claimed on claimed.day = staged.day
where staged.client = %(client)s and staged.load_id = %(load_id)s
