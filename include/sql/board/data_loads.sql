-- The loads of a client since a moment, newest first: one row per attempt, with how many findings its audit had.
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
    load.reason,
    load.started_at,
    load.finished_at,
    extract(epoch from load.finished_at - load.started_at) as seconds,
    (
        select count(*) from audit.finding as finding
        where finding.client = load.client and finding.load_id = load.load_id
    ) as findings
from ledger.attempt as load
where load.client = %(client)s and load.started_at >= %(since)s
order by load.started_at desc, load.load_id desc
