-- Slots that were planned and never begun, told as failed loads: one row per slot of a run that is over. Why, by the
-- batch that they were in. They are as old as their plan, so that they hide no later load.
with given_up as (
    delete from ledger.slot
    where run_id = %(run_id)s
    returning *
)

insert into core.load (
    client, load_id, run_id, source, network, first_day, last_day, reread_of, state, reason, is_transient,
    started_at, as_of, finished_at
)
select
    given_up.client,
    'unbegun-' || gen_random_uuid(),
    given_up.run_id,
    given_up.source,
    given_up.network,
    given_up.first_day,
    given_up.last_day,
    nullif(given_up.archived, ''),
    'failed',
    why.reason,
    true,
    given_up.planned_at as started_at,
    given_up.planned_at as as_of,
    clock_timestamp()
from given_up
inner join unnest(%(batches)s::integer[], %(reasons)s::text[]) as why (batch, reason) on given_up.batch = why.batch
returning client, load_id, network, first_day, last_day, state, reason
