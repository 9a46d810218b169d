-- One row per day x event x session source x medium, and one per day x event for the whole site, of claimed days.
delete from core.traffic_events as old
using core.coverage as claim
where
    claim.client = %(client)s and claim.load_id = %(load_id)s and claim.report = 'events'
    and old.client = claim.client and old.day = claim.day;

with staged as (
    select * from staging.traffic_events
    where client = %(client)s and load_id = %(load_id)s
),

claimed as (
    select day from core.coverage
    where client = %(client)s and load_id = %(load_id)s and report = 'events' and state != 'unanswered'
)

insert into core.traffic_events (
    client, day, event, is_total, session_source, session_medium, events, load_id
)
select
    staged.client,
    staged.day,
    staged.event,
    staged.is_total,
    staged.session_source,
    staged.session_medium,
    staged.events,
    staged.load_id
from staged
inner join claimed on claimed.day = staged.day
