-- The sources of one page of clients: one row per source, with its newest published day, what became of its newest
-- load, and how many clients there are on all pages. A source is stale if its newest day is neither of the last two
-- that are over where the client is, nor the last that is loaded of a client that has ended.
with source as (
    select
        client.client,
        client.name,
        named.network,
        named.source,
        least(
            (%(now)s::timestamptz at time zone client.time_zone)::date - 2,
            (date_trunc('month', client.ended::timestamp) + interval '1 month')::date - 1 + %(settles)s::integer
        ) as awaited_day
    from core.client as client
    inner join core.client_source as named on client.client = named.client
    where %(search)s::text = '' or position(lower(%(search)s::text) in lower(client.name || ' ' || client.client)) > 0
),

fresh as (
    select
        source.*,
        published.last_day,
        published.finished_at as published_at,
        newest.load_id,
        newest.run_id,
        newest.first_day as asked_from,
        newest.state,
        newest.reason,
        newest.started_at,
        newest.health -> 'quota_left' as quota_left,
        coalesce(newest.state in ('failed', 'rejected'), false) as is_failing,
        published.last_day is null or published.last_day < source.awaited_day as is_stale
    from source
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
),

shown as (
    select
        *,
        max(case when is_failing then 2 when is_stale then 1 else 0 end) over (partition by client) as badness
    from fresh
    where
        case %(show)s::text
            when 'failing' then is_failing
            when 'stale' then is_stale
            else true
        end
),

numbered as (
    select
        *,
        dense_rank() over (
            order by case when %(sort)s::text = 'worst' then -badness end, lower(name), client
        ) as position
    from shown
),

counted as (
    select
        *,
        max(position) over () as clients
    from numbered
)

select *
from counted
where position > %(size)s::integer * (%(page)s::integer - 1) and position <= %(size)s::integer * %(page)s::integer
order by position asc, is_failing desc, is_stale desc, network asc
