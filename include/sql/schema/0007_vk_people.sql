-- Who is reached in VK's communities, whom a client wants to reach, and who writes to its communities.

-- one row per group of people that a client's file calls its target audience: the groups of one block, none within
-- another
create table core.audience (
    client text not null,
    network text not null, -- the source's name in the client's file
    block text not null check (block in ('sex', 'age', 'sex_age', 'city')),
    value text not null, -- as VK writes it: f, 25-30, f;25-30, Москва
    primary key (client, network, block, value)
);

-- one row per week or month and group: how many of the people reached VK counts to it. Each block tells the same people
-- anew, as far as VK knows that of them.
create table core.vk_audience (
    client text not null,
    network text not null,
    grain text not null check (grain in ('week', 'month')),
    period date not null,
    block text not null check (block in ('sex', 'age', 'sex_age', 'city')),
    value text not null,
    reach bigint not null,
    load_id text not null,
    primary key (client, network, grain, period, block, value)
);

create unlogged table staging.vk_audience (
    client text not null,
    load_id text not null,
    network text not null,
    grain text not null,
    period date not null,
    block text not null,
    value text not null,
    reach bigint not null
);

-- one row per incoming thread: somebody's first message after at least 24 hours without any. Neither who it was nor
-- what was written is kept.
create table core.vk_thread (
    client text not null,
    network text not null,
    peer text not null, -- a fingerprint of the client's id and the peer's
    started_at timestamptz not null,
    day date not null, -- of started_at, in the client's zone
    answered_at timestamptz, -- by a human, within 24 hours; null = not, as far as was read
    fetched_at timestamptz not null,
    load_id text not null,
    primary key (client, network, peer, started_at)
);
create index vk_thread_by_day on core.vk_thread (client, network, day);

create unlogged table staging.vk_threads (
    client text not null,
    load_id text not null,
    network text not null,
    peer text not null,
    started_at timestamptz not null,
    answered_at timestamptz,
    fetched_at timestamptz not null
);

create index on staging.vk_audience (client, load_id);
create index on staging.vk_threads (client, load_id);
