-- one row per source of a client: what its published numbers are numbers of
create table core.identity (
    client text not null,
    network text not null, -- the source's name in the client's file
    facts jsonb not null, -- property, time_zone, currency; community
    load_id text not null, -- that said so first
    seen_at timestamptz not null default clock_timestamp(),
    primary key (client, network)
);
