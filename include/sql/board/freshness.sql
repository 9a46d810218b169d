-- How fresh each source of some clients is: one row per source, with its newest published day and what became of its
-- newest load. `lacks`: the reports that are not known of that day, but of one of the seven days before it: the service
-- is late with them. A report that it never tells is no lack.
with told as (
    select distinct
        source,
        report
    from catalogue.given
)

select
    source.client,
    source.network,
    source.source,
    published.last_day,
    published.finished_at as published_at,
    late.lacks,
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
left join lateral (
    select array_agg(told.report order by told.report) as lacks
    from told
    where
        told.source = source.source
        and exists (
            select from core.coverage as before
            where
                before.client = source.client and before.network = source.network and before.report = told.report
                and before.day between published.last_day - 7 and published.last_day - 1
                and before.state in ('known', 'flagged')
        )
        and not exists (
            select from core.coverage as newest
            where
                newest.client = source.client and newest.network = source.network and newest.report = told.report
                and newest.day = published.last_day and newest.state <> 'unanswered'
        )
) as late on true
left join lateral ledger.newest(source.client, source.network) as newest on true
where source.client = any(%(clients)s)
order by source.client, source.source, source.network
