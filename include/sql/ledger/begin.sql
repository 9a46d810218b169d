-- A new load of a slot, if this run has not staged the slot already: its row, or none. It is not only planned any more;
-- what an earlier try of the same run left behind in `fetching` was interrupted.
delete from ledger.slot
where
    client = %(client)s and run_id = %(run_id)s and network = %(network)s
    and first_day = %(first_day)s and last_day = %(last_day)s
    and archived = coalesce(%(archived)s, '');

update core.load
set state = 'failed', reason = 'interrupted', is_transient = true, finished_at = clock_timestamp()
where
    client = %(client)s and run_id = %(run_id)s and source = %(source)s and network = %(network)s
    and first_day = %(first_day)s and last_day = %(last_day)s
    and reread_of is not distinct from %(archived)s
    and state = 'fetching';

insert into core.load (client, load_id, run_id, source, network, first_day, last_day, reread_of, state)
select
    %(client)s,
    %(load_id)s,
    %(run_id)s,
    %(source)s,
    %(network)s,
    %(first_day)s,
    %(last_day)s,
    %(archived)s,
    'fetching'
where
    not exists (
        select from core.load
        where
            client = %(client)s and run_id = %(run_id)s and source = %(source)s and network = %(network)s
            and first_day = %(first_day)s and last_day = %(last_day)s
            and reread_of is not distinct from %(archived)s
            and state = 'staged'
    )
returning *
