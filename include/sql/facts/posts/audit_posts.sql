-- One row per staged load of posts: what the audit has to know of staging.posts, beside what was read before.
with facts as (
    select
        posts.client,
        posts.load_id,
        count(*) as n_rows,
        count(*) - count(distinct row(posts.network, posts.post_id)) as n_doubled,
        count(*) filter (where least(posts.likes, posts.comments, posts.reposts, posts.views) < 0) as n_negative,
        count(*) filter (where posts.network <> load.network) as n_foreign,
        count(*) filter (where posts.published_at > posts.fetched_at) as n_in_future,
        count(*) filter (where posts.likes > posts.views) as n_liked_unseen,
        count(*) filter (where posts.likes < known.likes * 0.95 and known.likes > 20) as n_likes_lost
    from core.load as load
    inner join staging.posts as posts on posts.client = load.client and posts.load_id = load.load_id
    left join lateral (
        select snapshot.likes
        from core.post_snapshots as snapshot
        where
            snapshot.client = posts.client and snapshot.network = posts.network
            and snapshot.post_id = posts.post_id and snapshot.fetched_at < posts.fetched_at
        order by snapshot.day desc
        limit 1
    ) as known on true
    where load.run_id = %(run_id)s and load.state = 'staged'
    group by posts.client, posts.load_id
)

select
    load.client,
    load.load_id,
    coalesce(facts.n_rows, 0) as n_rows,
    coalesce(facts.n_doubled, 0) as n_doubled,
    coalesce(facts.n_negative, 0) as n_negative,
    coalesce(facts.n_foreign, 0) as n_foreign,
    coalesce(facts.n_in_future, 0) as n_in_future,
    coalesce(facts.n_liked_unseen, 0) as n_liked_unseen,
    coalesce(facts.n_likes_lost, 0) as n_likes_lost
from core.load as load
left join facts on facts.client = load.client and facts.load_id = load.load_id
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = any(%(sources)s)
