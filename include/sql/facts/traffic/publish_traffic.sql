-- One row per day x session source x medium x campaign, of the days that this load has claimed.
delete from core.traffic as old
using core.coverage as claim
where
    claim.client = %(client)s and claim.load_id = %(load_id)s and claim.report = 'traffic'
    and old.client = claim.client and old.day = claim.day;

with staged as (
    select * from staging.traffic
    where client = %(client)s and load_id = %(load_id)s
),

claimed as (
    select day from core.coverage
    where client = %(client)s and load_id = %(load_id)s and report = 'traffic' and state != 'unanswered'
)

insert into core.traffic (
    client, day, session_source, session_medium, session_campaign,
    sessions, engaged_sessions, page_views, new_users, engagement_seconds,
    key_events, key_event_sessions, purchases, revenue, load_id
)
select
    staged.client,
    staged.day,
    staged.session_source,
    staged.session_medium,
    staged.session_campaign,
    staged.sessions,
    staged.engaged_sessions,
    staged.page_views,
    staged.new_users,
    staged.engagement_seconds,
    staged.key_events,
    -- a count of sessions, where a source gives it as a rate only
    coalesce(staged.key_event_sessions, round(staged.key_event_rate * staged.sessions)),
    staged.purchases,
    staged.revenue,
    staged.load_id
from staged
inner join claimed on claimed.day = staged.day
