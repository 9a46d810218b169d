-- One row per day on which the members were counted: the last count of that day, under the day it was really made.
-- Where the client's zone and VK's UTC disagree on the day it is the earlier one: only the days before that are over in
-- both, and the followers of earlier days are counted back over them.
insert into core.vk_members (client, network, day, members, fetched_at, load_id)
select
    staged.client,
    staged.network,
    least(staged.fetched_at at time zone client.time_zone, staged.fetched_at at time zone 'UTC')::date,
    staged.members,
    staged.fetched_at,
    staged.load_id
from staging.vk_members as staged
inner join core.client as client on client.client = staged.client
where staged.client = %(client)s and staged.load_id = %(load_id)s and staged.members is not null
on conflict (client, network, day) do update set
    members = excluded.members,
    fetched_at = excluded.fetched_at,
    load_id = excluded.load_id
where excluded.fetched_at >= vk_members.fetched_at
