-- The newest attempt of a source, without reading all of its loads: `limit` does not reach through a `union all`.

-- one row per slot that waits to become a load, as the load that it will be
create view ledger.planned as
select
    client,
    ''::text as load_id,
    run_id,
    source,
    network,
    first_day,
    last_day,
    'planned'::text as state,
    0 as rows,
    0 as requests,
    '{}'::jsonb as health,
    null::text as reason,
    nullif(archived, '') as reread_of,
    planned_at as started_at,
    null::timestamptz as finished_at
from ledger.slot;

create or replace view ledger.attempt as
select
    client,
    load_id,
    run_id,
    source,
    network,
    first_day,
    last_day,
    state,
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
    load_id,
    run_id,
    source,
    network,
    first_day,
    last_day,
    state,
    rows,
    requests,
    health,
    reason,
    reread_of,
    started_at,
    finished_at
from ledger.planned;

-- one row of ledger.attempt, or none
create function ledger.newest(of_client text, of_network text) returns setof ledger.attempt
language sql stable
begin atomic
    select newest.*
    from (
        (
            select
                load.client,
                load.load_id,
                load.run_id,
                load.source,
                load.network,
                load.first_day,
                load.last_day,
                load.state,
                load.rows,
                load.requests,
                load.health,
                load.reason,
                load.reread_of,
                load.started_at,
                load.finished_at
            from core.load as load
            where load.client = of_client and load.network = of_network -- noqa: RF03
            order by load.started_at desc, load.load_id desc
            limit 1
        )
        union all
        (
            select
                planned.client,
                planned.load_id,
                planned.run_id,
                planned.source,
                planned.network,
                planned.first_day,
                planned.last_day,
                planned.state,
                planned.rows,
                planned.requests,
                planned.health,
                planned.reason,
                planned.reread_of,
                planned.started_at,
                planned.finished_at
            from ledger.planned as planned
            where planned.client = of_client and planned.network = of_network -- noqa: RF03
            order by planned.started_at desc
            limit 1
        )
    ) as newest
    order by newest.started_at desc, newest.load_id desc
    limit 1;
end;
