-- What the files under include/ say, as rows, so that static SQL can join it. Replaced whole by smm.catalogue.
-- one row: the fingerprint of the files that the other tables were filled from
create table catalogue.filled (
    digest text not null
);

-- one row per network that numbers can belong to, beside those a client's file names
create table catalogue.network (
    network text primary key,
    is_social boolean not null -- counted in `all`
);

-- one row per value of GA4's session source that is a network's own
create table catalogue.traffic_source (
    source text primary key, -- lower case
    network text not null references catalogue.network
);

-- one row per GA4 session medium that says more than "referral"
create table catalogue.traffic_medium (
    medium text primary key, -- lower case
    network text not null references catalogue.network,
    is_paid boolean not null -- a social network's traffic then belongs to <network>_ads
);

-- one row per measure
create table catalogue.measure (
    measure text primary key,
    kind text not null check (kind in ('flow', 'stock', 'unique')),
    unit text not null check (unit in ('count', 'money', 'seconds')),
    source text not null, -- derived = counted from other measures
    report text -- the coverage report that makes it known
);

-- one row per KPI
create table catalogue.kpi (
    kpi text primary key,
    unit text not null check (unit in ('count', 'money', 'seconds', 'share', 'ratio')),
    direction text not null check (direction in ('up', 'down', 'band')),
    goal text not null,
    is_business boolean not null, -- due from the 7th month unless the client's file says otherwise
    default_network text, -- of a bare target; null = the target must name one
    formula text not null
);

-- one row per term of a KPI's formula: value = sum(numerator terms) / sum(denominator terms)
create table catalogue.term (
    kpi text not null references catalogue.kpi on delete cascade,
    side text not null check (side in ('numerator', 'denominator')),
    network_pin text, -- null = the network of the KPI's row
    measure text not null references catalogue.measure,
    coefficient numeric not null,
    unique nulls not distinct (kpi, side, network_pin, measure)
);

-- The network that a GA4 session belongs to.
create function catalogue.network_of(session_source text, session_medium text) returns text
language sql stable
as $$
    select
        case
            when own.network is not null then own.network || case when medium.is_paid then '_ads' else '' end
            when medium.network is not null then medium.network
            when lower(session_source) = '(direct)' and lower(session_medium) in ('(none)', '(not set)') then 'direct'
            else 'other'
        end
    from (values (lower(session_source), lower(session_medium))) as session (source, medium)
    left join catalogue.traffic_source as own on own.source = session.source
    left join catalogue.traffic_medium as medium on medium.medium = session.medium
$$;
