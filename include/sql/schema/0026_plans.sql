-- Plans that stand in a table come in as a source. A client's file that says what is stored already writes nothing.

alter table catalogue.source
add column has_days boolean not null default true; -- else no day of it can be missing: plans
delete from catalogue.filled;

-- what is stored of the client's file; null = it is stored anew the next time
alter table core.client add column digest text;

-- one row per network, KPI and month, quarter or campaign that a client's table plans
create table core.planned (
    client text not null,
    network text not null,
    kpi text not null,
    first_day date not null,
    last_day date not null, -- included
    plan numeric not null,
    given_by text not null, -- the name of the source in the client's file
    load_id text not null,
    primary key (client, network, kpi, first_day)
);

create unlogged table staging.plans (
    client text not null,
    load_id text not null,
    network text not null,
    kpi text not null,
    first_day date not null,
    last_day date not null,
    plan numeric not null
);
create index on staging.plans (client, load_id);
