-- The pages' own posts, under the day of publication, with the counters read last at an age of at most 7 days,
-- else with those first seen, which are late. A counter that one post of the day lacks is unknown for that day:
-- networks did not count views from the beginning.
insert into fact (client, network, day, report, measure, value, is_late)
with post as (
    select distinct on (post.client, post.network, post.post_id)
        post.client,
        post.network,
        post.day,
        post.is_repost,
        snapshot.likes,
        snapshot.comments,
        snapshot.reposts,
        snapshot.views,
        snapshot.reach,
        snapshot.reach_followers,
        snapshot.link_clicks,
        snapshot.joins,
        snapshot.own_comments,
        coalesce(snapshot.day - post.day > 7, false) as is_late
    from core.posts as post
    inner join slice_day on post.client = slice_day.client and post.day = slice_day.day
    left join core.post_snapshots as snapshot
        on
            post.client = snapshot.client
            and post.network = snapshot.network
            and post.post_id = snapshot.post_id
    where post.is_own
    order by
        post.client,
        post.network,
        post.post_id,
        snapshot.day - post.day > 7,
        case when snapshot.day - post.day > 7 then snapshot.day - post.day else post.day - snapshot.day end
),

counted as (
    select
        client,
        network,
        day,
        count(*) as posts,
        count(*) filter (where is_repost) as posts_reposted,
        case when count(likes) = count(*) then sum(likes) end as likes,
        case when count(comments) = count(*) then sum(comments) end as comments,
        case when count(reposts) = count(*) then sum(reposts) end as reposts,
        case when count(views) = count(*) then sum(views) end as views,
        case when count(reach) = count(*) then sum(reach) end as reach,
        case when count(reach_followers) = count(*) then sum(reach_followers) end as reach_followers,
        case when count(link_clicks) = count(*) then sum(link_clicks) end as link_clicks,
        case when count(joins) = count(*) then sum(joins) end as joins,
        case when count(own_comments) = count(*) then sum(own_comments) end as own_comments,
        bool_or(is_late) as is_late
    from post
    group by client, network, day
)

select
    counted.client,
    counted.network,
    counted.day,
    post.report,
    post.measure,
    post.value,
    post.is_counter and counted.is_late as is_late
from counted
cross join
    lateral (
        values
        ('posts', 'posts', false, counted.posts),
        ('posts', 'posts_reposted', false, counted.posts_reposted),
        ('posts', 'post_likes', true, counted.likes),
        ('posts', 'post_comments', true, counted.comments),
        ('posts', 'post_reposts', true, counted.reposts),
        ('posts', 'post_views', true, counted.views),
        ('post_reach', 'post_reach', true, counted.reach),
        ('post_reach', 'post_reach_followers', true, counted.reach_followers),
        ('post_reach', 'post_clicks', true, counted.link_clicks),
        ('post_reach', 'joins_from_posts', true, counted.joins),
        ('own_comments', 'post_comments_own', true, counted.own_comments)
    ) as post (report, measure, is_counter, value)
