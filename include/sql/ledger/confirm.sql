-- What this load was answered is what is published of its source already: the load that published it stands for these
-- days too, and this one was none. One row if that is so. Where another load is under way, which may have been answered
-- something else before, this one goes on: the one that was asked for later stays.
with published as (
    select
        client,
        load_id,
        as_of,
        health
    from core.load
    where client = %(client)s and source = %(source)s and network = %(network)s and state = 'published'
    order by as_of desc, load_id desc
    limit 1
),

under_way as (
    select other.load_id
    from core.load as other
    cross join published
    where
        other.client = %(client)s and other.source = %(source)s and other.network = %(network)s
        and other.load_id <> %(load_id)s and other.state in ('fetching', 'staged')
        and (other.as_of, other.load_id) > (published.as_of, published.load_id)
),

confirmed as (
    update core.load
    set last_day = greatest(load.last_day, %(last_day)s)
    from published
    where
        load.client = published.client and load.load_id = published.load_id
        and published.health ->> 'digest' = %(digest)s
        and not exists (select from under_way)
    returning load.load_id
)

delete from core.load
using confirmed
where load.client = %(client)s and load.load_id = %(load_id)s
returning confirmed.load_id
