-- What the numbers of this source are numbers of, one row per client and network, as the load that was asked for last
-- has found it. A fetch that finds something else is refused.
insert into core.identity (client, network, facts, load_id)
select
    client,
    network,
    health -> 'identity',
    load_id
from core.load
where
    client = %(client)s and load_id = %(load_id)s
    and health -> 'identity' is not null
    and not core.is_overtaken(client, load_id)
on conflict (client, network) do update set
    facts = identity.facts || excluded.facts,
    load_id = excluded.load_id,
    seen_at = excluded.seen_at
where identity.facts <> identity.facts || excluded.facts
