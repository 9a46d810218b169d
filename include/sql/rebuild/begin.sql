-- One rebuild of a client at a time; one of all clients alone. It is one transaction; its temporary tables go with it.
set local work_mem = '128MB';
set local random_page_cost = 1.1; -- a client's few pages are looked up, not looked for among all clients
set local enable_mergejoin = off; -- it would sort a million rows by texts; a slice's hash tables fit in memory

select
    case
        when %(clients)s::text[] is null then pg_advisory_xact_lock(hashtextextended('rebuild', 0))::text
        else pg_advisory_xact_lock_shared(hashtextextended('rebuild', 0))::text
    end;

-- in one order, so that two that wait for each other cannot be
select pg_advisory_xact_lock(hashtextextended('rebuild/' || client, 0))
from (
    select unnest(%(clients)s::text[]) as client
    order by client
) as one;

-- The map of networks changes before a rebuild or after it: what it then marks as changed is exact. After the locks
-- above, so that nobody who waits for them keeps the map from being changed.
lock table catalogue.traffic_source in share mode;

-- one row per client and month that is asked for
create temporary table taken (
    client text not null,
    month date not null
) on commit drop
