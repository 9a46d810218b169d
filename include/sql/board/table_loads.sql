-- One row per attempt to load one source of a client: those that began on these days.
select
    load.client,
    load.load_id,
    load.network,
    load.source,
    load.first_day,
    load.last_day,
    load.state,
    load.reason,
    load.rows,
    load.requests,
    (
        select count(*) from audit.finding as finding
        where finding.client = load.client and finding.load_id = load.load_id
    ) as findings,
    load.run_id,
    load.reread_of,
    load.as_of,
    load.started_at,
    load.finished_at
from core.load as load
where
    (%(client)s::text is null or load.client = %(client)s)
    and load.started_at >= coalesce(%(first_day)s::date, '-infinity')
    and load.started_at < coalesce(%(last_day)s::date + 1, 'infinity')
