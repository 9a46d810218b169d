-- What one load fetched, typed and named as in core, waiting for the audit. Rows go when their load ends.
create schema staging;

create unlogged table staging.ga4_traffic (
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
    key_event_rate numeric, -- of sessions, 0..1: the only form in which GA4 gives it
    purchases bigint,
    revenue numeric
);

create unlogged table staging.ga4_totals (
    client text not null,
    load_id text not null,
    day date not null,
    active_users bigint,
    sessions bigint,
    engaged_sessions bigint,
    page_views bigint,
    new_users bigint,
    engagement_seconds numeric,
    key_events numeric,
    key_event_rate numeric,
    purchases bigint,
    revenue numeric
);

create unlogged table staging.ga4_events (
    client text not null,
    load_id text not null,
    day date not null,
    event text not null,
    is_total boolean not null,
    session_source text not null,
    session_medium text not null,
    events bigint not null
);

create unlogged table staging.ga4_users (
    client text not null,
    load_id text not null,
    grain text not null,
    period date not null,
    network text not null,
    visitors text not null,
    active_users bigint,
    buyers bigint,
    first_buyers bigint,
    through_day date not null
);

create unlogged table staging.vk_stats (
    client text not null,
    load_id text not null,
    network text not null,
    grain text not null,
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
    left_community bigint
);

create unlogged table staging.vk_members (
    client text not null,
    load_id text not null,
    network text not null,
    members bigint, -- null: hidden by the community
    fetched_at timestamptz not null
);

create unlogged table staging.vk_posts (
    client text not null,
    load_id text not null,
    network text not null,
    post_id bigint not null,
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

create unlogged table staging.vk_post_reach (
    client text not null,
    load_id text not null,
    network text not null,
    post_id bigint not null,
    reach bigint,
    reach_subscribers bigint,
    link_clicks bigint,
    joins bigint
);

create unlogged table staging.figures (
    client text not null,
    load_id text not null,
    network text not null,
    measure text not null,
    grain text not null,
    period date not null,
    value numeric not null,
    note text
);

-- one row per report and stretch of days that the load knows
create unlogged table staging.coverage (
    client text not null,
    load_id text not null,
    report text not null,
    first_day date not null,
    last_day date not null,
    state text not null,
    reason text,
    without text[] not null
);

create index on staging.coverage (client, load_id);
create index on staging.ga4_traffic (client, load_id);
create index on staging.ga4_totals (client, load_id);
create index on staging.ga4_events (client, load_id);
create index on staging.ga4_users (client, load_id);
create index on staging.vk_stats (client, load_id);
create index on staging.vk_members (client, load_id);
create index on staging.vk_posts (client, load_id);
create index on staging.vk_post_reach (client, load_id);
create index on staging.figures (client, load_id);
