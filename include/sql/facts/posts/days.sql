-- The pages' own posts, under the day of publication, each counter as it was read last at an age of up to 7 days. Of a
-- post that was first seen later they are the first ones read, and late. A counter that one post of the day lacks is
-- unknown for that day: networks did not count views from the beginning.
insert into fact (place, report, measure, grain, period, numbers, is_late)
with seen as ( -- one row per post and reading: the last of the first 7 days has the least `place`, and the first after
    -- them among those
    select
        post.client,
        post.network,
        post.post_id,
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
        snapshot.saves,
        snapshot.own_comments,
        coalesce(snapshot.day - post.day > 7, false) as is_late,
        case when snapshot.day - post.day > 7 then snapshot.day - post.day else post.day - snapshot.day end as place
    from core.posts as post
    inner join slice_day on post.client = slice_day.client and post.day = slice_day.day
    left join core.post_snapshots as snapshot
        on
            post.client = snapshot.client
            and post.network = snapshot.network
            and post.post_id = snapshot.post_id
    where post.is_own
),

post as (
    select distinct on (client, network, post_id)
        client,
        network,
        day,
        is_repost,
        is_late,
        (array_agg(likes order by place) filter (where likes is not null))[1] as likes,
        (array_agg(comments order by place) filter (where comments is not null))[1] as comments,
        (array_agg(reposts order by place) filter (where reposts is not null))[1] as reposts,
        (array_agg(views order by place) filter (where views is not null))[1] as views,
        (array_agg(reach order by place) filter (where reach is not null))[1] as reach,
        (array_agg(reach_followers order by place) filter (where reach_followers is not null))[1] as reach_followers,
        (array_agg(link_clicks order by place) filter (where link_clicks is not null))[1] as link_clicks,
        (array_agg(joins order by place) filter (where joins is not null))[1] as joins,
        (array_agg(saves order by place) filter (where saves is not null))[1] as saves,
        -- a part of the comments, and so of the same reading
        (array_agg(own_comments order by place) filter (where comments is not null))[1] as own_comments
    from seen
    group by client, network, post_id, day, is_repost, is_late
    order by client, network, post_id, is_late
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
        case when count(saves) = count(*) then sum(saves) end as saves,
        case when count(own_comments) = count(*) then sum(own_comments) end as own_comments,
        bool_or(is_late) as is_late
    from post
    group by client, network, day
),

spread as ( -- a day without posts has no row in core
    select
        grid.place,
        grid.day,
        grid.week,
        grid.month,
        grid.is_kept,
        case when counted.client is null then 0 else counted.posts end as posts,
        case when counted.client is null then 0 else counted.posts_reposted end as posts_reposted,
        case when counted.client is null then 0 else counted.likes end as likes,
        case when counted.client is null then 0 else counted.comments end as comments,
        case when counted.client is null then 0 else counted.reposts end as reposts,
        case when counted.client is null then 0 else counted.views end as views,
        case when counted.client is null then 0 else counted.reach end as reach,
        case when counted.client is null then 0 else counted.reach_followers end as reach_followers,
        case when counted.client is null then 0 else counted.link_clicks end as link_clicks,
        case when counted.client is null then 0 else counted.joins end as joins,
        case when counted.client is null then 0 else counted.saves end as saves,
        case when counted.client is null then 0 else counted.own_comments end as own_comments,
        coalesce(counted.is_late, false) as is_late
    from grid
    left join counted
        on grid.client = counted.client and grid.network = counted.network and grid.day = counted.day
    where grid.networks = 'own'
),

packed as (
    select
        place,
        case grouping(week) when 0 then 'week' else 'month' end as grain,
        coalesce(week, month) as period,
        array_agg(posts order by day) as posts,
        array_agg(posts_reposted order by day) as posts_reposted,
        array_agg(likes order by day) as likes,
        array_agg(comments order by day) as comments,
        array_agg(reposts order by day) as reposts,
        array_agg(views order by day) as views,
        array_agg(reach order by day) as reach,
        array_agg(reach_followers order by day) as reach_followers,
        array_agg(link_clicks order by day) as link_clicks,
        array_agg(joins order by day) as joins,
        array_agg(saves order by day) as saves,
        array_agg(own_comments order by day) as own_comments,
        case when bool_or(is_late) then array_agg(is_late order by day) end as is_late
    from spread
    group by grouping sets ((place, week), (place, month))
    having grouping(week) = 0 or bool_and(is_kept)
)

select
    packed.place,
    post.report,
    post.measure,
    packed.grain,
    packed.period,
    post.numbers,
    case when post.is_counter then packed.is_late end as is_late
from packed
cross join
    lateral (
        values
        ('posts', 'posts', false, packed.posts),
        ('posts', 'posts_reposted', false, packed.posts_reposted),
        ('posts', 'post_likes', true, packed.likes),
        ('posts', 'post_comments', true, packed.comments),
        ('posts', 'post_reposts', true, packed.reposts),
        ('posts', 'post_views', true, packed.views),
        ('post_reach', 'post_reach', true, packed.reach),
        ('post_reach', 'post_reach_followers', true, packed.reach_followers),
        ('post_reach', 'post_clicks', true, packed.link_clicks),
        ('post_reach', 'joins_from_posts', true, packed.joins),
        ('post_reach', 'post_saves', true, packed.saves),
        ('own_comments', 'post_comments_own', true, packed.own_comments)
    ) as post (report, measure, is_counter, numbers)
