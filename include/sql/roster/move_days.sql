-- A client's zone becomes another one: what a service said of a moment is counted to the day which that is there.
-- Where two counts come to one day, the later one stays.
update core.posts
set day = (published_at at time zone %(time_zone)s)::date
where client = %(client)s;

update core.threads
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
        reach_followers,
        link_clicks,
        joins,
        saves,
        own_comments,
        load_id
    from core.post_snapshots
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
    reach_followers,
    link_clicks,
    joins,
    saves,
    own_comments,
    load_id
from counted
order by network asc, post_id asc, day asc, fetched_at desc;

delete from core.post_snapshots
where client = %(client)s;

insert into core.post_snapshots (
    client, network, post_id, day, fetched_at, likes, comments, reposts, views,
    reach, reach_followers, link_clicks, joins, saves, own_comments, load_id
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
    reach_followers,
    link_clicks,
    joins,
    saves,
    own_comments,
    load_id
from moved_snapshot;

drop table moved_snapshot;

-- one row per network, measure and day, which is that of facts/counts/publish_moments.sql
create temporary table moved_counts on commit drop as
select distinct on (counted.network, counted.measure, here.day)
    counted.client,
    counted.network,
    counted.measure,
    counted.grain,
    here.day,
    counted.value,
    counted.counted_at,
    counted.source,
    counted.given_by,
    counted.report,
    counted.load_id
from core.counts as counted
cross join
    lateral (
        values (least(counted.counted_at at time zone %(time_zone)s, counted.counted_at at time zone 'UTC')::date)
    ) as here (day)
where counted.client = %(client)s and counted.counted_at is not null
order by counted.network asc, counted.measure asc, here.day asc, counted.counted_at desc;

delete from core.counts
where client = %(client)s and counted_at is not null;

insert into core.counts (
    client, network, measure, grain, period, value, through_day, counted_at, source, given_by, report, load_id
)
select
    client,
    network,
    measure,
    grain,
    day as period,
    value,
    day as through_day,
    counted_at,
    source,
    given_by,
    report,
    load_id
from moved_counts;

drop table moved_counts
