-- One row per client and source of its file that was ever tried: how far it is published, and what the newest attempt
-- came to: `planned` if it has not begun. An attempt that was refused before it was planned has no days.
select
    client,
    network,
    max(last_day) filter (where state = 'published') as reached,
    (array_agg(state order by started_at desc, load_id desc))[1] as state,
    (array_agg(reason order by started_at desc, load_id desc))[1] as reason,
    min(started_at) as first_at,
    max(started_at) as tried_at
from ledger.attempt
group by client, network
