-- How fresh each source of some clients is: one row per source, with its newest published day and what became of its
-- newest load.
select
    source.client,
    source.network,
    source.source,
    published.last_day,
    published.finished_at as published_at,
    newest.state,
    newest.reason,
    newest.run_id,
    newest.first_day,
    newest.started_at
from core.client_source as source
left join lateral (
    select
        load.last_day,
        load.finished_at
    from core.load as load
    where load.client = source.client and load.network = source.network and load.state = 'published'
    order by load.last_day desc nulls last, load.started_at desc
    limit 1
) as published on true
left join lateral ledger.newest(source.client, source.network) as newest on true
where source.client = any(%(clients)s)
order by source.client, source.source, source.network
