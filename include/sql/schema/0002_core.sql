-- The ledger, the clients as their files say, and the published facts.
create schema core;
create schema audit;

-- one row per client file that is in order
create table core.client (
    client text primary key,
    name text not null,
    language text not null,
    time_zone text not null,
    currency text not null,
    started date not null, -- first month of work
    ended date, -- last day of work
    paused_from date,
    paused_to date,
    report jsonb not null
);

-- one row per network that a client's file names, as a source or in a target
create table core.client_network (
    client text not null,
    network text not null,
    source text, -- null = named in a target only
    is_social boolean not null,
    primary key (client, network)
);

-- one row per part of the leads that a client counts
create table core.lead_part (
    client text not null,
    part text not null check (part in ('calls', 'messages', 'forms', 'emails')),
    source text not null, -- the name of one of the client's sources
    event text, -- GA4's event name
    primary key (client, part)
);

-- one row per wording of a client's targets, counted from 1
create table core.target_version (
    client text not null,
    target_version integer not null,
    digest text not null,
    seen_at timestamptz not null default now(),
    primary key (client, target_version)
);

-- one row per target of a version
create table core.target (
    client text not null,
    target_version integer not null,
    network text not null,
    kpi text not null,
    rule text not null check (rule in ('plan', 'at_least', 'at_most', 'between', 'growth')),
    low numeric, -- at_least, between
    high numeric, -- at_most, between
    growth numeric, -- 0.05 = 5 % more than `over`
    over text check (over in ('previous_month', 'baseline', 'year_ago', 'number')),
    over_number numeric,
    from_month integer, -- of work, 1 = the month of `started`; null = 7 for a business KPI, else 1
    is_main boolean not null default false,
    primary key (client, target_version, network, kpi)
);

-- one row per month of a planned target
create table core.plan (
    client text not null,
    target_version integer not null,
    network text not null,
    kpi text not null,
    month date not null,
    plan numeric not null,
    primary key (client, target_version, network, kpi, month)
);

-- one row per event that a client's file tells beside its numbers
create table core.annotation (
    client text not null,
    first_day date not null,
    last_day date not null,
    network text, -- null = all of them
    text text not null,
    compare boolean not null, -- false: these days are nobody's yardstick
    unique nulls not distinct (client, first_day, last_day, network, text)
);

-- one row per attempt to load one of a client's sources for some days: the channel between tasks
create table core.load (
    client text not null,
    load_id text not null,
    run_id text not null,
    source text not null,
    network text not null, -- the source's name in the client's file
    first_day date,
    last_day date,
    state text not null check (state in ('fetching', 'staged', 'rejected', 'published', 'failed')),
    rows bigint not null default 0,
    requests integer not null default 0,
    health jsonb not null default '{}',
    reason text,
    is_transient boolean not null default false, -- failed, but another try may help
    reread_of text, -- the archived load whose answers were read, instead of asking
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    primary key (client, load_id)
);
create index load_by_run on core.load (run_id);

-- Whether a load of the same source that was started later is published already.
create function core.is_overtaken(of_client text, of_load_id text) returns boolean
language sql stable
as $$
    select exists (
        select from core.load as this
        inner join core.load as later
            on
                later.client = this.client
                and later.source = this.source
                and later.network = this.network
                and later.state = 'published'
                and (later.started_at, later.load_id) > (this.started_at, this.load_id)
        where this.client = of_client and this.load_id = of_load_id
    )
$$;

-- one row per day and report published: what is known, a healthy zero included
create table core.coverage (
    client text not null,
    network text not null, -- the source's name in the client's file
    report text not null,
    day date not null,
    load_id text not null,
    state text not null check (state in ('known', 'flagged', 'no_access')),
    reason text, -- why it is flagged or not known
    without text[] not null default '{}', -- measures this answer did not carry
    primary key (client, network, report, day)
);

-- one row per month that build_kpis has still to rebuild, and load that changed it: a load does not wait for a rebuild
-- that is just taking the same month
create table core.change (
    client text not null,
    month date not null check (extract(day from month) = 1),
    load_id text not null default '', -- '' = the client's file
    primary key (client, month, load_id)
);

-- one row per finding of the audit
create table audit.finding (
    client text not null,
    load_id text not null,
    relation text not null,
    rule text not null,
    severity text not null check (severity in ('critical', 'warning')),
    detail text not null,
    found_at timestamptz not null default clock_timestamp(),
    primary key (client, load_id, relation, rule)
);

-- one row per day x session source x medium x campaign
create table core.ga4_traffic (
    client text not null,
    day date not null,
    session_source text not null,
    session_medium text not null,
    session_campaign text not null,
    network text not null,
    sessions bigint,
    engaged_sessions bigint,
    page_views bigint,
    new_users bigint,
    engagement_seconds numeric,
    key_events numeric,
    key_event_sessions numeric,
    purchases bigint,
    revenue numeric,
    load_id text not null,
    primary key (client, day, session_source, session_medium, session_campaign)
);

-- one row per day: the whole site, from the report by date alone
create table core.ga4_totals (
    client text not null,
    day date not null,
    active_users bigint,
    sessions bigint,
    engaged_sessions bigint,
    page_views bigint,
    new_users bigint,
    engagement_seconds numeric,
    key_events numeric,
    key_event_sessions numeric,
    purchases bigint,
    revenue numeric,
    load_id text not null,
    primary key (client, day)
);

-- one row per day x event x session source x medium, and one per day x event for the whole site (is_total)
create table core.ga4_events (
    client text not null,
    day date not null,
    event text not null,
    is_total boolean not null,
    session_source text not null default '',
    session_medium text not null default '',
    network text not null,
    events bigint not null,
    load_id text not null,
    primary key (client, day, event, is_total, session_source, session_medium)
);

-- one row per week or month x network (or `site`) x kind of visitor: people, counted by GA4 for that period
create table core.ga4_users (
    client text not null,
    grain text not null check (grain in ('week', 'month')),
    period date not null,
    network text not null,
    visitors text not null check (visitors in ('all', 'new', 'returning')),
    active_users bigint,
    buyers bigint,
    first_buyers bigint,
    through_day date not null, -- the last day asked for
    load_id text not null,
    primary key (client, grain, period, network, visitors)
);

-- one row per day, week or month: what stats.get says of the community (VK's days are UTC)
create table core.vk_stats (
    client text not null,
    network text not null,
    grain text not null check (grain in ('day', 'week', 'month')),
    period date not null,
    through_day date not null,
    reach bigint,
    reach_subscribers bigint,
    visitors bigint,
    page_views bigint,
    likes bigint,
    comments bigint,
    reposts bigint,
    joined bigint,
    left_community bigint,
    load_id text not null,
    primary key (client, network, grain, period)
);

-- one row per day on which the members were counted; the count is of the moment `fetched_at`
create table core.vk_members (
    client text not null,
    network text not null,
    day date not null, -- of fetched_at, in the client's zone
    members bigint not null,
    fetched_at timestamptz not null,
    load_id text not null,
    primary key (client, network, day)
);

-- one row per post ever seen; a post deleted by its author stays
create table core.vk_post (
    client text not null,
    network text not null,
    post_id bigint not null,
    published_at timestamptz not null,
    day date not null, -- of published_at, in the client's zone
    is_repost boolean not null,
    is_ad boolean not null,
    is_own boolean not null, -- by the community; else a visitor's
    last_seen_at timestamptz not null,
    load_id text not null,
    primary key (client, network, post_id)
);

-- one row per post and day on which its counters were read
create table core.vk_post_snapshot (
    client text not null,
    network text not null,
    post_id bigint not null,
    day date not null, -- of fetched_at, in the client's zone
    fetched_at timestamptz not null,
    likes bigint,
    comments bigint,
    reposts bigint,
    views bigint,
    reach bigint,
    reach_subscribers bigint,
    link_clicks bigint,
    joins bigint,
    load_id text not null,
    primary key (client, network, post_id, day)
);

-- one row per figure of the client's own files
create table core.figure (
    client text not null,
    network text not null,
    measure text not null,
    grain text not null check (grain in ('day', 'month')),
    period date not null,
    value numeric not null,
    note text,
    file text not null, -- the name of the source in the client's file
    load_id text not null,
    primary key (client, network, measure, grain, period)
);
