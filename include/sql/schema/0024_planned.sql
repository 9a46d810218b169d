-- What is planned of loading: it becomes a load, in core.load, when its turn comes.
create schema ledger;

-- one row per slot that a run has planned and not begun: what is left when the run is over was never begun
create table ledger.slot (
    client text not null,
    run_id text not null,
    source text not null,
    network text not null, -- the source's name in the client's file
    first_day date not null,
    last_day date not null,
    archived text not null default '', -- the archived load to read again; '' = the service is asked
    batch integer not null, -- the map index of the task `fetch` that is to load it
    planned_at timestamptz not null default statement_timestamp(),
    primary key (client, run_id, network, first_day, last_day, archived)
);
create index slot_by_run on ledger.slot (run_id);

-- one row per load, and one in the state `planned` per slot that waits to become one
create view ledger.attempt as
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
