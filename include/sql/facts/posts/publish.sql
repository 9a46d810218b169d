-- One row per post ever seen, and one per post and day on which its counters were read. Nothing is deleted: a post
-- that its author takes down has still been published and read.
-- One that is dated after the moment it was read is not published yet.
insert into core.posts (
    client, network, post_id, published_at, day, is_repost, is_ad, is_own, last_seen_at, load_id
)
select
    staged.client,
    staged.network,
    staged.post_id,
    staged.published_at,
    (staged.published_at at time zone client.time_zone)::date,
    staged.is_repost,
    staged.is_ad,
    staged.is_own,
    staged.fetched_at,
    staged.load_id
from staging.posts as staged
inner join core.client as client on client.client = staged.client
where
    staged.client = %(client)s and staged.load_id = %(load_id)s
    and staged.published_at <= staged.fetched_at
on conflict (client, network, post_id) do update set
    published_at = excluded.published_at,
    day = excluded.day,
    is_repost = excluded.is_repost,
    is_ad = excluded.is_ad,
    is_own = excluded.is_own,
    last_seen_at = excluded.last_seen_at,
    load_id = excluded.load_id
where excluded.last_seen_at >= posts.last_seen_at;

-- A post without comments has none of the community's own: nobody asked. What a second reading of a day lacks, the
-- first one has told; and the community's own comments are a part of those of the same reading.
insert into core.post_snapshots (
    client, network, post_id, day, fetched_at, likes, comments, reposts, views,
    reach, reach_followers, link_clicks, joins, saves, own_comments, load_id
)
select
    staged.client,
    staged.network,
    staged.post_id,
    (staged.fetched_at at time zone client.time_zone)::date,
    staged.fetched_at,
    staged.likes,
    staged.comments,
    staged.reposts,
    staged.views,
    reach.reach,
    reach.reach_followers,
    reach.link_clicks,
    reach.joins,
    reach.saves,
    case when staged.comments = 0 then 0 else own.own_comments end as own_comments,
    staged.load_id
from staging.posts as staged
inner join core.client as client on client.client = staged.client
left join staging.post_reach as reach
    on
        reach.client = staged.client and reach.load_id = staged.load_id
        and reach.network = staged.network and reach.post_id = staged.post_id
left join staging.own_comments as own
    on
        own.client = staged.client and own.load_id = staged.load_id
        and own.network = staged.network and own.post_id = staged.post_id
where
    staged.client = %(client)s and staged.load_id = %(load_id)s
    and staged.published_at <= staged.fetched_at
on conflict (client, network, post_id, day) do update set
    fetched_at = excluded.fetched_at,
    likes = coalesce(excluded.likes, post_snapshots.likes),
    comments = coalesce(excluded.comments, post_snapshots.comments),
    reposts = coalesce(excluded.reposts, post_snapshots.reposts),
    views = coalesce(excluded.views, post_snapshots.views),
    reach = coalesce(excluded.reach, post_snapshots.reach),
    reach_followers = coalesce(excluded.reach_followers, post_snapshots.reach_followers),
    link_clicks = coalesce(excluded.link_clicks, post_snapshots.link_clicks),
    joins = coalesce(excluded.joins, post_snapshots.joins),
    saves = coalesce(excluded.saves, post_snapshots.saves),
    own_comments = case when excluded.comments is null then post_snapshots.own_comments else excluded.own_comments end,
    load_id = excluded.load_id
where excluded.fetched_at >= post_snapshots.fetched_at
