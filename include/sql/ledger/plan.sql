-- What a run has planned, in place of what an earlier try of it had; without what it has staged or published already,
-- which is not begun again. `slots` is a list of slots, each with its batch.
delete from ledger.slot
where run_id = %(run_id)s;

insert into ledger.slot (client, run_id, source, network, first_day, last_day, archived, batch)
select
    planned.client,
    %(run_id)s,
    planned.source,
    planned.network,
    planned.first_day,
    planned.last_day,
    coalesce(planned.archived, ''),
    planned.batch
from
    jsonb_to_recordset(%(slots)s::jsonb) as planned (
        client text, source text, network text, first_day date, last_day date, archived text, batch integer
    )
where
    not exists (
        select from core.load as load
        where
            load.client = planned.client and load.run_id = %(run_id)s and load.network = planned.network
            and load.first_day = planned.first_day and load.last_day = planned.last_day
            and load.reread_of is not distinct from planned.archived
            and load.state in ('staged', 'published')
    )
