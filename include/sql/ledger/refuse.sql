-- A client that could not even be planned, or one of its networks, told once per run.
insert into core.load (client, load_id, run_id, source, network, state, reason, finished_at)
select
    %(client)s,
    %(load_id)s,
    %(run_id)s,
    %(source)s,
    %(network)s,
    'failed',
    %(reason)s,
    clock_timestamp()
where
    not exists (
        select from core.load
        where
            client = %(client)s and run_id = %(run_id)s and network = %(network)s and reason = %(reason)s
    )
