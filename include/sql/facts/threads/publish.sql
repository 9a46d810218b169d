-- One row per incoming thread of the claimed days, under the day on which it began in the client's zone. A report has
-- the name of the kind of thread that it gives.
delete from core.threads as old
using core.coverage as claim
where
    claim.client = %(client)s and claim.load_id = %(load_id)s and claim.report = old.kind
    and old.client = claim.client and old.network = claim.network and old.day = claim.day;

-- The client's zone was another one, and the thread of another day: it moves if its new day is claimed.
delete from core.threads as old
using staging.threads as staged, core.client as client, core.coverage as claim
where
    staged.client = %(client)s and staged.load_id = %(load_id)s
    and old.client = staged.client and old.network = staged.network
    and old.peer = staged.peer and old.started_at = staged.started_at
    and client.client = staged.client
    and claim.client = staged.client and claim.load_id = staged.load_id and claim.network = staged.network
    and claim.report = staged.kind and claim.day = (staged.started_at at time zone client.time_zone)::date;

insert into core.threads (client, network, kind, peer, started_at, day, answered_at, fetched_at, load_id)
select
    staged.client,
    staged.network,
    staged.kind,
    staged.peer,
    staged.started_at,
    claim.day,
    staged.answered_at,
    staged.fetched_at,
    staged.load_id
from staging.threads as staged
inner join core.client as client on client.client = staged.client
inner join core.coverage as claim
    on
        claim.client = staged.client and claim.load_id = staged.load_id and claim.network = staged.network
        and claim.report = staged.kind and claim.day = (staged.started_at at time zone client.time_zone)::date
where staged.client = %(client)s and staged.load_id = %(load_id)s
