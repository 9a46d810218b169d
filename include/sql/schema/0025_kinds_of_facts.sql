-- Facts stand by their kind, whoever gives them: counts, traffic, posts, threads, audience. What a source gives stands
-- in the catalogue, and no table bears a service's name any more.

-- one row per source: plugins/smm/sources/<source>
create table catalogue.source (
    source text primary key,
    is_whole boolean not null, -- read whole every time: what it does not list is unknown, and never zero
    identity text, -- the fact of core.identity by which people look the numbers up
    kept text[] not null -- counts that it stores beside those that it gives
);

-- one row per report, measure and grain that a source gives, and whose numbers they are
create table catalogue.given (
    source text not null,
    report text not null, -- of core.coverage: what makes the measure known
    kind text not null check (kind in ('counts', 'traffic', 'posts', 'threads', 'audience')),
    measure text not null,
    grain text not null check (grain in ('day', 'week', 'month')),
    -- own: the network that the source's entry is named after; origins: all that traffic came from; site; social: the
    -- client's social networks
    networks text not null check (networks in ('own', 'origins', 'site', 'social')),
    lead_part text, -- only of clients that count this part of their leads there
    -- weeks and months are asked for from their first day on, whatever days a load is of; else they are known as far as
    -- their days are
    whole_periods boolean not null,
    primary key (source, report, measure, grain, networks)
);

alter table catalogue.measure add column is_derived boolean not null default false; -- counted from other measures
alter table catalogue.measure drop column source;
alter table catalogue.measure drop column report;
delete from catalogue.filled;

-- which source a report is of
alter table core.coverage add column source text;
update core.coverage set source = load.source
from core.load as load
where load.client = coverage.client and load.load_id = coverage.load_id;
alter table core.coverage alter column source set not null;

-- what the code decides by, beside the sentence
alter table core.load add column code text;
update core.load set code = 'identity_changed'
where reason like '%days before and after would not fit together%';

alter table core.audience rename to wanted_audience;

-- one row per network, measure and day, week or month: a number that a service, or the client, counts itself
create table core.counts (
    client text not null,
    network text not null,
    measure text not null,
    grain text not null check (grain in ('day', 'week', 'month')),
    period date not null, -- its first day
    value numeric, -- null = it was asked for and not given
    through_day date not null, -- the last day that the number covers
    counted_at timestamptz, -- of what is counted at a moment: when; null = of the whole period
    note text,
    source text not null,
    given_by text not null, -- the name of the source in the client's file
    report text not null,
    load_id text not null,
    primary key (client, grain, period, network, measure)
);
create index counts_by_moment on core.counts (client, network, measure, period) where counted_at is not null;

insert into core.counts (
    client, network, measure, grain, period, value, through_day, source, given_by, report, load_id
)
select
    stats.client,
    stats.network,
    fact.measure,
    stats.grain,
    stats.period,
    fact.value,
    stats.through_day,
    'vk',
    stats.network as given_by,
    'stats',
    stats.load_id
from core.vk_stats as stats
cross join
    lateral (
        values
        ('reach', stats.reach),
        ('reach_followers', stats.reach_subscribers),
        ('visitors', stats.visitors),
        ('page_views', stats.page_views),
        ('likes', stats.likes),
        ('comments', stats.comments),
        ('reposts', stats.reposts),
        ('followers_gained', stats.joined),
        ('followers_lost', stats.left_community)
    ) as fact (measure, value);

insert into core.counts (
    client, network, measure, grain, period, value, through_day, counted_at, source, given_by, report, load_id
)
select
    client,
    network,
    'followers',
    'day',
    day,
    members,
    day as through_day,
    fetched_at,
    'vk',
    network as given_by,
    'members',
    load_id
from core.vk_members;

insert into core.counts (
    client, network, measure, grain, period, value, through_day, source, given_by, report, load_id
)
select
    totals.client,
    'site',
    'users',
    'day',
    totals.day,
    totals.active_users,
    totals.day as through_day,
    'ga4',
    load.network,
    'totals',
    totals.load_id
from core.ga4_totals as totals
inner join core.load as load on totals.client = load.client and totals.load_id = load.load_id;

insert into core.counts (
    client, network, measure, grain, period, value, through_day, source, given_by, report, load_id
)
select
    users.client,
    users.network,
    fact.measure,
    users.grain,
    users.period,
    fact.value,
    users.through_day,
    'ga4',
    load.network as given_by,
    'users',
    users.load_id
from core.ga4_users as users
inner join core.load as load on users.client = load.client and users.load_id = load.load_id
cross join
    lateral (
        values
        (
            case users.visitors when 'all' then 'users' when 'new' then 'new_visitors' else 'returning_users' end,
            users.active_users, true
        ),
        ('buyers', users.buyers, users.network = 'site' and users.visitors = 'all'),
        ('first_buyers', users.first_buyers, users.network = 'site' and users.visitors = 'all')
    ) as fact (measure, value, is_given)
where fact.is_given;

insert into core.counts (
    client, network, measure, grain, period, value, through_day, note, source, given_by, report, load_id
)
select
    client,
    network,
    measure,
    grain,
    period,
    value,
    case grain when 'month' then (period + interval '1 month - 1 day')::date else period end,
    note,
    'figures',
    file,
    'figures',
    load_id
from core.figure;

drop table core.vk_stats, core.vk_members, core.ga4_users, core.figure;

-- one row per day x session source x medium x campaign
alter table core.ga4_traffic rename to traffic;

-- one row per day: the whole site, from a report by date alone
alter table core.ga4_totals rename to traffic_totals;
alter table core.traffic_totals drop column active_users;

-- one row per day x event x session source x medium, and one per day x event for the whole site (is_total)
alter table core.ga4_events rename to traffic_events;

-- one row per post ever seen; a post deleted by its author stays
alter table core.vk_post rename to posts;
alter table core.posts alter column post_id type text;

-- one row per post and day on which its counters were read
alter table core.vk_post_snapshot rename to post_snapshots;
alter table core.post_snapshots alter column post_id type text;
alter table core.post_snapshots rename column reach_subscribers to reach_followers;

-- one row per incoming thread: somebody's first message after at least 24 hours without any
alter table core.vk_thread rename to threads;
alter index core.vk_thread_by_day rename to threads_by_day;

-- one row per week or month and group: how many of the people reached the service counts to it
alter table core.vk_audience rename to audience;

-- What waits for the audit is fetched again.
drop view staging.ga4_contradictions, staging.ga4_contradiction;
drop table
staging.ga4_traffic, staging.ga4_totals, staging.ga4_events, staging.ga4_users, staging.vk_stats,
staging.vk_members, staging.vk_posts, staging.vk_post_reach, staging.figures, staging.vk_audience,
staging.vk_threads, staging.vk_own_comments;

create unlogged table staging.counts (
    client text not null,
    load_id text not null,
    network text not null,
    report text not null,
    measure text not null,
    grain text not null,
    period date not null,
    value numeric,
    through_day date not null,
    counted_at timestamptz,
    note text
);

create unlogged table staging.traffic (
    client text not null,
    load_id text not null,
    day date not null,
    session_source text not null,
    session_medium text not null,
    session_campaign text not null,
    sessions bigint,
    engaged_sessions bigint,
    page_views bigint,
    new_users bigint,
    engagement_seconds numeric,
    key_events numeric,
    key_event_rate numeric, -- of sessions, 0..1: where a source gives no count of sessions with a key event
    purchases bigint,
    revenue numeric,
    key_event_sessions numeric
);

create unlogged table staging.traffic_totals (
    client text not null,
    load_id text not null,
    day date not null,
    sessions bigint,
    engaged_sessions bigint,
    page_views bigint,
    new_users bigint,
    engagement_seconds numeric,
    key_events numeric,
    key_event_rate numeric,
    purchases bigint,
    revenue numeric,
    key_event_sessions numeric
);

create unlogged table staging.traffic_events (
    client text not null,
    load_id text not null,
    day date not null,
    event text not null,
    is_total boolean not null,
    session_source text not null,
    session_medium text not null,
    events bigint not null
);

create unlogged table staging.posts (
    client text not null,
    load_id text not null,
    network text not null,
    post_id text not null,
    published_at timestamptz not null,
    is_repost boolean not null,
    is_ad boolean not null,
    is_own boolean not null,
    likes bigint,
    comments bigint,
    reposts bigint,
    views bigint,
    fetched_at timestamptz not null
);

create unlogged table staging.post_reach (
    client text not null,
    load_id text not null,
    network text not null,
    post_id text not null,
    reach bigint,
    reach_followers bigint,
    link_clicks bigint,
    joins bigint
);

create unlogged table staging.own_comments (
    client text not null,
    load_id text not null,
    network text not null,
    post_id text not null,
    own_comments bigint not null
);

create unlogged table staging.threads (
    client text not null,
    load_id text not null,
    network text not null,
    peer text not null,
    started_at timestamptz not null,
    answered_at timestamptz,
    fetched_at timestamptz not null
);

create unlogged table staging.audience (
    client text not null,
    load_id text not null,
    network text not null,
    grain text not null,
    period date not null,
    block text not null,
    value text not null,
    reach bigint not null
);

create index on staging.counts (client, load_id);
create index on staging.traffic (client, load_id);
create index on staging.traffic_totals (client, load_id);
create index on staging.traffic_events (client, load_id);
create index on staging.posts (client, load_id);
create index on staging.post_reach (client, load_id);
create index on staging.own_comments (client, load_id);
create index on staging.threads (client, load_id);
create index on staging.audience (client, load_id);

-- Days on which two reports of one staged load contradict each other: one row per load, report that is too low and day,
-- and of events per event. Services count a few sessions otherwise by source than by date alone, and hide rows about
-- few people: only a difference of more than 3 and of more than 1 % of the higher number is a contradiction. A day
-- without rows has none of them; a day of which one of the two reports is not known is not compared.
create view staging.contradiction as
with counted as (
    select
        client,
        load_id,
        day,
        'sessions' as what,
        'sessions' as measure,
        'traffic' as parts,
        'totals' as whole,
        sum(sessions) as by_source,
        0 as by_date,
        bool_or(sessions is null) as is_unknown
    from staging.traffic
    group by client, load_id, day
    union all
    select
        client,
        load_id,
        day,
        'sessions' as what,
        'sessions' as measure,
        'traffic' as parts,
        'totals' as whole,
        0 as by_source,
        sum(sessions) as by_date,
        bool_or(sessions is null) as is_unknown
    from staging.traffic_totals
    group by client, load_id, day
    union all
    select
        client,
        load_id,
        day,
        event as what,
        'forms' as measure,
        'events' as parts,
        'events' as whole,
        sum(events) filter (where not is_total) as by_source,
        sum(events) filter (where is_total) as by_date,
        false as is_unknown
    from staging.traffic_events
    group by client, load_id, day, event
),

compared as (
    select
        client,
        load_id,
        day,
        what,
        measure,
        parts,
        whole,
        coalesce(sum(by_source), 0) as by_source,
        coalesce(sum(by_date), 0) as by_date
    from counted
    group by client, load_id, day, what, measure, parts, whole
    having not bool_or(is_unknown)
)

select
    client,
    load_id,
    case when by_source < by_date then parts else whole end as report,
    day,
    what,
    by_source || ' ' || what || ' by source, ' || by_date || ' by date alone' as said
from compared
where
    abs(by_source - by_date) > 3
    and abs(by_source - by_date) > 0.01 * greatest(by_source, by_date)
    and not exists ( -- a report that is not known on this day
        select from unnest(array[compared.parts, compared.whole]) as needed (report)
        left join staging.coverage as known
            on
                known.client = compared.client
                and known.load_id = compared.load_id
                and known.report = needed.report
                and compared.day between known.first_day and known.last_day
        group by needed.report
        having
            count(known.report) = 0
            or bool_or(known.state not in ('known', 'flagged') or compared.measure = any(known.without))
    );

-- the same in words: one row per load and report, with its first ten
create view staging.contradictions as
with numbered as (
    select
        client,
        load_id,
        report,
        day || ': ' || said as said,
        row_number() over (partition by client, load_id, report order by day, what) as place
    from staging.contradiction
)

select
    client,
    load_id,
    report,
    string_agg(said, '; ' order by place) filter (where place <= 10)
    || case when count(*) > 10 then '; and ' || count(*) - 10 || ' more' else '' end as said
from numbered
group by client, load_id, report;
