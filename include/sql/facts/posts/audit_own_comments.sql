-- One row per staged load of posts: what the audit has to know of staging.own_comments.
select
    load.client,
    load.load_id,
    count(own.client) as n_rows,
    count(own.client) - count(distinct row(own.network, own.post_id)) filter (where own.client is not null)
        as n_doubled,
    count(*) filter (where own.own_comments < 0) as n_negative,
    count(*) filter (where own.network <> load.network) as n_foreign,
    count(*) filter (where own.own_comments > posts.comments) as n_beyond_comments
from core.load as load
left join staging.own_comments as own on own.client = load.client and own.load_id = load.load_id
left join staging.posts as posts
    on
        posts.client = own.client and posts.load_id = own.load_id
        and posts.network = own.network and posts.post_id = own.post_id
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = any(%(sources)s)
group by load.client, load.load_id
