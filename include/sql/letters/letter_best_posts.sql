-- The posts that a client's pages published in a month: one row each, with its counters as measures take them
-- (facts/posts/days.sql): those read last at an age of at most 7 days, else those first seen, which are late. A post
-- whose counters were never read has no row. `age`: of the post when they were read.
select
    post.client,
    post.network,
    post.post_id as post,
    post.day,
    post.is_repost,
    load.source,
    identity.facts ->> source.identity as identity,
    counted.is_late,
    counted.fetched_at - post.published_at as age,
    counted.reach,
    counted.views,
    counted.likes,
    counted.comments,
    counted.reposts
from core.posts as post
inner join core.load as load on post.client = load.client and post.load_id = load.load_id
inner join catalogue.source as source on load.source = source.source
left join core.identity as identity on post.client = identity.client and post.network = identity.network
inner join lateral (
    select
        snapshot.*,
        snapshot.day - post.day > 7 as is_late
    from core.post_snapshots as snapshot
    where
        snapshot.client = post.client and snapshot.network = post.network and snapshot.post_id = post.post_id
    order by
        is_late,
        case when snapshot.day - post.day > 7 then snapshot.day - post.day else post.day - snapshot.day end
    limit 1
) as counted on true
where
    post.client = %(client)s
    and post.is_own
    and post.day >= %(month)s::date
    and post.day < (%(month)s::date + interval '1 month')::date
order by post.network, post.published_at, post.post_id
