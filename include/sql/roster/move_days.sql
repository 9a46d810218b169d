-- A client's zone becomes %(time_zone)s: what VK told of a moment is counted to the day which that is there. Where two
-- counts come to one day, the later one stays.
update core.vk_post
set day = (published_at at time zone %(time_zone)s)::date
where client = %(client)s;

update core.vk_thread
set day = (started_at at time zone %(time_zone)s)::date
where client = %(client)s;

-- one row per network, post and day of the new zone
create temporary table moved_snapshot on commit drop as
with counted as (
    select
        client,
        network,
        post_id,
        (fetched_at at time zone %(time_zone)s)::date as day,
        fetched_at,
        likes,
        comments,
        reposts,
        views,
        reach,
        reach_subscribers,
        link_clicks,
        joins,
        own_comments,
        load_id
    from core.vk_post_snapshot
    where client = %(client)s
)

select distinct on (network, post_id, day)
    client,
    network,
    post_id,
    day,
    fetched_at,
    likes,
    comments,
    reposts,
    views,
    reach,
    reach_subscribers,
    link_clicks,
    joins,
    own_comments,
    load_id
from counted
order by network asc, post_id asc, day asc, fetched_at desc;

delete from core.vk_post_snapshot
where client = %(client)s;

insert into core.vk_post_snapshot (
    client, network, post_id, day, fetched_at, likes, comments, reposts, views,
    reach, reach_subscribers, link_clicks, joins, own_comments, load_id
)
select
    client,
    network,
    post_id,
    day,
    fetched_at,
    likes,
    comments,
    reposts,
    views,
    reach,
    reach_subscribers,
    link_clicks,
    joins,
    own_comments,
    load_id
from moved_snapshot;

drop table moved_snapshot;

-- one row per network and day, which is that of publish/vk_members.sql
create temporary table moved_members on commit drop as
with counted as (
    select
        client,
        network,
        least(fetched_at at time zone %(time_zone)s, fetched_at at time zone 'UTC')::date as day,
        members,
        fetched_at,
        load_id
    from core.vk_members
    where client = %(client)s
)

select distinct on (network, day)
    client,
    network,
    day,
    members,
    fetched_at,
    load_id
from counted
order by network asc, day asc, fetched_at desc;

delete from core.vk_members
where client = %(client)s;

insert into core.vk_members (client, network, day, members, fetched_at, load_id)
select
    client,
    network,
    day,
    members,
    fetched_at,
    load_id
from moved_members;

drop table moved_members
