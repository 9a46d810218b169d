-- A load that a spent quota has ended waits for more of it, and nothing of it is wrong.

-- one row per load, and one in the state `planned` per slot that waits to become one. A load that failed because its
-- service's quota was spent is `waiting`
create or replace view ledger.attempt as
select
    client,
    load_id,
    run_id,
    source,
    network,
    first_day,
    last_day,
    case when state = 'failed' and code = 'quota_spent' then 'waiting' else state end as state,
    rows,
    requests,
    health,
    reason,
    reread_of,
    started_at,
    finished_at
from core.load
union all
select
    client,
    '' as load_id,
    run_id,
    source,
    network,
    first_day,
    last_day,
    'planned' as state,
    0 as rows,
    0 as requests,
    '{}' as health,
    null as reason,
    nullif(archived, '') as reread_of,
    planned_at as started_at,
    null as finished_at
from ledger.slot;
