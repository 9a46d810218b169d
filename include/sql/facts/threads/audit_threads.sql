-- One row per staged load of threads: what the audit has to know of staging.threads.
select
    load.client,
    load.load_id,
    count(threads.client) as n_rows,
    count(threads.client) - count(distinct row(threads.network, threads.peer, threads.started_at)) filter (
        where threads.client is not null
    ) as n_doubled,
    count(*) filter (where threads.network <> load.network) as n_foreign,
    count(*) filter (
        where
        threads.started_at > threads.fetched_at
        or threads.answered_at < threads.started_at
        or threads.answered_at > threads.started_at + interval '24 hours'
    ) as n_out_of_order
from core.load as load
left join staging.threads as threads on threads.client = load.client and threads.load_id = load.load_id
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = any(%(sources)s)
group by load.client, load.load_id
