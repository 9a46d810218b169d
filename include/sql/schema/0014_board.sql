-- one row per source that a client's file names, loaded or not
create table core.client_source (
    client text not null,
    network text not null, -- its name in the client's file
    source text not null,
    primary key (client, network)
);

-- the newest loads of a source
create index load_by_network on core.load (client, network, started_at desc);
