-- How the services' tokens are used: nothing here belongs to one client, and no token stands here.
create schema access;

-- one row per token, by its SHA-256: when the last request that was let go may go out
create table access.turn (
    token_hash text primary key,
    granted_at timestamptz not null
);

-- one row per token and method that its service refuses for some time; method '' = every method
create table access.stop (
    token_hash text not null,
    method text not null,
    until timestamptz not null,
    reason text not null,
    primary key (token_hash, method)
);

-- one row per connection whose token was renewed: the new one lies in an Airflow Variable
create table access.renewal (
    connection text primary key,
    origin text not null, -- SHA-256 of the connection's own tokens, from which it came
    renewed_at timestamptz not null default clock_timestamp()
);
