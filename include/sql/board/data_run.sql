-- The loads of a run, one page of them: one row per client x source x days that the run was to load, with its newest
-- try; what failed first. Beside it, how many there are on all pages, and how many of those were not published.
with newest as (
    select distinct on (client, source, network, first_day, last_day, reread_of)
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
        reason,
        started_at,
        finished_at
    from ledger.attempt
    where run_id = %(run)s
    order by
        client asc, source asc, network asc, first_day asc, last_day asc, reread_of asc, started_at desc, load_id desc
),

finding as (
    select
        found.client,
        found.load_id,
        count(*) as findings
    from newest
    inner join audit.finding as found on newest.client = found.client and newest.load_id = found.load_id
    group by found.client, found.load_id
)

select
    newest.*,
    client.name,
    coalesce(finding.findings, 0) as findings,
    extract(epoch from newest.finished_at - newest.started_at) as seconds,
    count(*) over () as loads,
    count(*) filter (where newest.state in ('failed', 'rejected')) over () as failures
from newest
left join core.client as client on newest.client = client.client
left join finding on newest.client = finding.client and newest.load_id = finding.load_id
order by
    newest.state in ('failed', 'rejected') desc,
    newest.state = 'published' asc,
    newest.client asc,
    newest.network asc,
    newest.first_day desc
limit %(size)s::integer offset %(size)s::integer * (%(page)s::integer - 1)
