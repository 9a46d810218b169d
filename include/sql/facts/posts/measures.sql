-- The communities' own posts, under the day of publication, with the counters read last at an age of at most 7 days,
-- else with those first seen, which are late. A counter that one post of the day lacks is unknown for that day:
-- networks did not count views from the beginning.
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_late, is_flagged, week, month, is_kept
)
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

fact as (
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
),

awaited as (
    select distinct
        expected.client,
        expected.network,
        given.report,
        given.measure
    from expected
    inner join catalogue.given as given
        on
            expected.source = given.source
            and expected.report = given.report
            and expected.networks = given.networks
            and given.kind = 'posts'
    where expected.networks = 'own'
),

told as (
    select
        grid.*,
        counted.measure,
        counted.value,
        counted.is_counter and fact.is_late as is_late,
        answered.state = 'flagged' as is_flagged,
        case
            when answered.state is null then 'source_missing'
            when answered.state = 'no_access' then 'no_access'
            when counted.measure = any(answered.without) then 'not_applicable'
            when fact.client is not null and counted.value is null then 'not_applicable'
        end as reason
    from grid
    left join fact on grid.client = fact.client and grid.network = fact.network and grid.day = fact.day
    cross join
        lateral (
            values
            ('posts', 'posts', false, fact.posts),
            ('posts', 'posts_reposted', false, fact.posts_reposted),
            ('posts', 'post_likes', true, fact.likes),
            ('posts', 'post_comments', true, fact.comments),
            ('posts', 'post_reposts', true, fact.reposts),
            ('posts', 'post_views', true, fact.views),
            ('post_reach', 'post_reach', true, fact.reach),
            ('post_reach', 'post_reach_followers', true, fact.reach_followers),
            ('post_reach', 'post_clicks', true, fact.link_clicks),
            ('post_reach', 'joins_from_posts', true, fact.joins),
            ('own_comments', 'post_comments_own', true, fact.own_comments)
        ) as counted (report, measure, is_counter, value)
    inner join awaited
        on
            grid.client = awaited.client
            and grid.network = awaited.network
            and counted.report = awaited.report
            and counted.measure = awaited.measure
    left join answered
        on
            grid.client = answered.client
            and grid.network = answered.network
            and grid.day = answered.day
            and counted.report = answered.report
    where grid.networks = 'own'
)

select
    client,
    network,
    measure,
    'day' as grain,
    day,
    case when reason is null then coalesce(value, 0) end as value,
    reason,
    case when reason is null then 1 else 0 end as completeness,
    coalesce(is_late and reason is null, false) as is_late,
    coalesce(is_flagged, false) as is_flagged,
    week,
    month,
    is_kept
from told
