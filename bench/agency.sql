-- core.* as daily loads would leave it, for the clients of these numbers and every day from first_day to last_day: GA4
-- with ten origins of traffic; a VK community with a post every two days, whose members are counted from the 181st day
-- on; figures of Facebook by the month, of VK's ads and of calls by the day.

create temporary table client_day on commit drop as
select
    'c' || lpad(client::text, 4, '0') as client,
    day::date as day
from generate_series(%(first_client)s, %(last_client)s) as client
cross join generate_series(%(first_day)s::timestamp, %(last_day)s, interval '1 day') as days (day);

create temporary table client_period on commit drop as
select distinct
    client_day.client,
    grain,
    date_trunc(grain, client_day.day::timestamp)::date as period,
    least(%(last_day)s, (date_trunc(grain, client_day.day::timestamp) + length - interval '1 day')::date) as through_day
from client_day
cross join (values ('week', interval '1 week'), ('month', interval '1 month')) as grains (grain, length);

analyze client_day;
analyze client_period;

-- one load per client and source
insert into core.load (client, load_id, run_id, source, network, first_day, last_day, state)
select distinct
    client_day.client,
    source as load_id,
    'bench',
    source,
    source,
    %(first_day)s,
    %(last_day)s,
    'published'
from client_day
cross join unnest(array['ga4', 'vk', 'figures']) as source;

insert into core.coverage (client, network, source, report, day, load_id, state)
select
    client_day.client,
    told.source,
    told.source,
    told.report,
    client_day.day,
    told.source,
    'known'
from (
    values
    ('ga4', 'traffic'), ('ga4', 'totals'), ('ga4', 'events'), ('ga4', 'users'),
    ('vk', 'members'), ('vk', 'stats'), ('vk', 'posts'), ('vk', 'post_reach'), ('figures', 'figures')
) as told (source, report)
cross join client_day
order by 1, 2, 3, 4;

insert into core.traffic
with origin (source, medium, campaign, size) as (
    values
    ('vk.com', 'referral', '(not set)', 60),
    ('m.vk.com', 'referral', '(not set)', 40),
    ('vk', 'cpc', 'spring', 50),
    ('vk', 'cpc', 'autumn', 30),
    ('m.facebook.com', 'referral', '(not set)', 20),
    ('l.facebook.com', 'referral', '(not set)', 10),
    ('google', 'organic', '(not set)', 80),
    ('yandex', 'organic', '(not set)', 90),
    ('bing', 'organic', '(not set)', 4),
    ('(direct)', '(none)', '(not set)', 70)
)

select
    client,
    day,
    source,
    medium,
    campaign,
    sessions,
    sessions * 6 / 10,
    sessions * 3,
    sessions / 2,
    sessions * 47.5,
    sessions / 20,
    sessions / 25,
    sessions / 50,
    sessions / 50 * 1990,
    'ga4'
from client_day
cross join origin
cross join lateral (select random(size / 2, size) as sessions) as visit;

insert into core.traffic_totals
select
    client,
    day,
    sum(sessions),
    sum(engaged_sessions),
    sum(page_views),
    sum(new_users),
    sum(engagement_seconds),
    sum(key_events),
    sum(key_event_sessions),
    sum(purchases),
    sum(revenue),
    'ga4'
from core.traffic
where client in (select client_day.client from client_day)
group by client, day;

insert into core.counts (
    client, network, measure, grain, period, value, through_day, source, given_by, report, load_id
)
select
    client,
    'site',
    'users',
    'day',
    day,
    sessions * 8 / 10 as value,
    day,
    'ga4',
    'ga4',
    'totals',
    'ga4'
from core.traffic_totals
where client in (select client_day.client from client_day);

insert into core.traffic_events
select
    client,
    day,
    'generate_lead',
    session_source is null,
    coalesce(session_source, ''),
    coalesce(session_medium, ''),
    sum(sessions) / 40,
    'ga4'
from core.traffic
where client in (select client_day.client from client_day)
group by grouping sets ((client, day, session_source, session_medium), (client, day));

insert into core.counts (
    client, network, measure, grain, period, value, through_day, source, given_by, report, load_id
)
select
    client,
    network,
    measure,
    grain,
    period,
    people / share as value,
    through_day,
    'ga4',
    'ga4',
    'users',
    'ga4'
from client_period
cross join unnest(array['site', 'vk', 'vk_ads', 'facebook']) as network
cross join (
    values ('users', 1), ('new_visitors', 2), ('returning_users', 2), ('buyers', 50), ('first_buyers', 90)
) as told (measure, share)
cross join lateral (select random(100, 900) + length(network || measure) as people) as counted
where network = 'site' or measure not in ('buyers', 'first_buyers');

insert into core.counts (
    client, network, measure, grain, period, value, through_day, source, given_by, report, load_id
)
select
    client,
    'vk',
    measure,
    grain,
    period,
    (people * share)::integer as value,
    through_day,
    'vk',
    'vk',
    'stats',
    'vk'
from (
    select * from client_period
    union all
    select client, 'day', day, day from client_day
) as period
cross join lateral (select random(200, 900) + length(grain) as people) as counted
cross join (
    values
    ('reach', 1), ('reach_followers', 1 / 3.0), ('visitors', 1 / 2.0), ('page_views', 2), ('likes', 1 / 10.0),
    ('comments', 1 / 60.0), ('reposts', 1 / 70.0), ('followers_gained', 1 / 40.0), ('followers_lost', 1 / 90.0)
) as told (measure, share);

insert into core.counts (
    client, network, measure, grain, period, value, through_day, counted_at, source, given_by, report, load_id
)
select
    client,
    'vk',
    'followers',
    'day',
    day,
    5000 + 9 * (day - %(first_day)s::date) as value,
    day,
    day + interval '6 hours',
    'vk',
    'vk',
    'members',
    'vk'
from client_day
where day >= %(first_day)s::date + 180;

insert into core.posts
select
    client,
    'vk',
    day - %(first_day)s::date + 1,
    day + interval '10 hours',
    day,
    extract(day from day) = 5,
    false,
    true,
    day + interval '28 days',
    'vk'
from client_day
where (day - %(first_day)s::date) %% 2 = 0;

insert into core.post_snapshots
select
    post.client,
    post.network,
    post.post_id,
    post.day + age,
    post.published_at + age * interval '1 day',
    views / 20,
    views / 200,
    views / 150,
    views,
    views * 8 / 10,
    views / 3,
    views / 70,
    views / 600,
    'vk'
from core.posts as post
cross join generate_series(0, 7) as age
cross join lateral (select random(100, 400) * (age + 1) as views) as counted
where post.client in (select client_day.client from client_day) and post.day + age <= %(last_day)s;

insert into core.counts (
    client, network, measure, grain, period, value, through_day, source, given_by, report, load_id
)
select
    client,
    network,
    measure,
    'day',
    day,
    random(size / 2, size) as value,
    day,
    'figures',
    'figures',
    'figures',
    'figures'
from client_day
cross join (
    values
    ('vk_ads', 'spend', 2000), ('vk_ads', 'impressions', 9000), ('vk_ads', 'clicks', 90), ('vk_ads', 'joins_paid', 9),
    ('vk', 'calls', 3)
) as given (network, measure, size)
union all
select
    client,
    network,
    measure,
    'month',
    period,
    random(size / 2, size) as value,
    through_day,
    'figures',
    'figures',
    'figures',
    'figures'
from client_period
cross join (
    values
    ('facebook', 'followers', 900), ('facebook', 'followers_gained', 90), ('facebook', 'reach', 4000),
    ('facebook', 'posts', 20), ('facebook', 'likes', 300), ('facebook', 'comments', 40),
    ('vk', 'posts_planned', 15), ('all', 'fee', 60000), ('all', 'budget', 120000), ('all', 'margin', 200000)
) as given (network, measure, size)
where grain = 'month'
