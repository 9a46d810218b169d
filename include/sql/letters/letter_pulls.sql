-- When what is known of a client's month was last pulled, and of what: one row per source of its file. Lists that the
-- client gave, by the newest load of their file, are of the source `client`.
with listing as ( -- loads of what is read whole
    select load.*
    from core.load as load
    inner join catalogue.source as source on load.source = source.source and source.is_whole
    where load.client = %(client)s and load.state = 'published'
),

giver as (
    select distinct on (network)
        network,
        case health ->> 'given_by' when 'client' then 'client' else source end as source
    from listing
    order by network asc, finished_at desc
),

pulled as (
    select
        load.client,
        load.network,
        load.source,
        load.finished_at
    from core.coverage as coverage
    inner join core.load as load on coverage.client = load.client and coverage.load_id = load.load_id
    where
        coverage.client = %(client)s
        and coverage.day >= %(month)s::date
        and coverage.day < (%(month)s::date + interval '1 month')::date
    union all
    select
        client,
        network,
        source,
        finished_at
    from listing
),

given as (
    select
        pulled.client,
        coalesce(giver.source, pulled.source) as source,
        pulled.network,
        pulled.finished_at
    from pulled
    left join giver on pulled.network = giver.network
    where pulled.finished_at is not null
)

select
    given.client,
    given.source,
    given.network,
    max(given.finished_at) as pulled_at,
    max(identity.facts ->> source.identity) as identity
from given
left join core.identity as identity on given.client = identity.client and given.network = identity.network
left join catalogue.source as source on given.source = source.source
group by given.client, given.source, given.network
order by given.source, given.network
