-- What is expected of the clients in every month, whatever its rows: a function of the ledger, the client's file, the
-- figures that were ever given, and the catalogue.

-- one row per client: its days, from the first that was ever asked for. VK's wall tells of posts of four weeks before.
create temporary table span on commit drop as
with asked as (
    select
        client,
        min(first_day) as first_day
    from core.load
    group by client
)

select
    coverage.client,
    min(coverage.day) as first_day,
    max(coverage.day) as last_day
from core.coverage as coverage
left join asked on coverage.client = asked.client
where
    coverage.client in (select taken.client from taken)
    and (asked.first_day is null or coverage.day >= asked.first_day)
group by coverage.client;

-- one row per client x network x report of an API. GA4 tells only the catalogue's networks apart, so that a second
-- community, vk_spb, has no traffic of its own. A community of the client's file is expected even if it has never
-- answered: else `all` would be the others' alone. One that the file names no more is expected no longer than it was
-- loaded: through `last_day`, infinity for the others.
create temporary table expected on commit drop as
with measure as (
    select distinct
        source,
        report
    from catalogue.measure
),

answered as (
    select
        coverage.client,
        coverage.network,
        measure.source,
        max(coverage.day) as last_covered
    from core.coverage as coverage
    inner join measure on coverage.report = measure.report
    where coverage.client in (select taken.client from taken)
    group by coverage.client, coverage.network, measure.source
),

community as (
    select
        client,
        network,
        last_covered
    from answered
    where source = 'vk'
    union all
    select
        named.client,
        named.network,
        null as last_covered
    from core.client_network as named
    inner join span on named.client = span.client
    left join answered
        on named.client = answered.client and named.network = answered.network and answered.source = 'vk'
    where named.source = 'vk' and answered.client is null
),

visited as (
    select
        client,
        'site' as network,
        'totals' as report,
        true as has_users
    from answered
    where source = 'ga4'
    union
    select
        answered.client,
        named.network,
        'traffic' as report,
        network.is_social as has_users
    from answered
    inner join core.client_network as named on answered.client = named.client
    inner join catalogue.network as network on named.network = network.network
    where answered.source = 'ga4'
)

select
    'ga4' as source,
    client,
    network,
    report,
    'infinity'::date as last_day
from visited
union all
select
    'ga4' as source,
    client,
    network,
    'users' as report,
    'infinity'::date as last_day
from visited
where has_users
union all
select
    'ga4' as source,
    visited.client,
    visited.network,
    'events' as report,
    'infinity'::date as last_day
from visited
inner join core.lead_part as form
    on visited.client = form.client and form.part = 'forms' and form.event is not null
union all
select distinct
    measure.source,
    community.client,
    community.network,
    measure.report,
    case when named.source = 'vk' then 'infinity'::date else community.last_covered end as last_day
from community
inner join catalogue.measure as measure on measure.source = 'vk'
left join core.client_network as named on community.client = named.client and community.network = named.network
left join core.lead_part as part
    on community.client = part.client and community.network = part.source and part.part = 'messages'
where measure.report != 'messages' or part.client is not null;

-- one row per client and network that counts in `all`
create temporary table social on commit drop as
select
    span.client,
    network.network
from span
inner join catalogue.network as network on network.is_social
union
select
    client,
    network
from core.client_network
where is_social and client in (select taken.client from taken);

-- one row per client x network x measure that figures were ever given of. What they say of `all` itself stands only
-- where no social network gives that measure.
create temporary table figured on commit drop as
with given as (
    select
        client,
        network,
        measure,
        bool_or(grain = 'day') as is_daily
    from core.figure
    where client in (select taken.client from taken)
    group by client, network, measure
),

social_measure as (
    select
        given.client,
        given.measure
    from given
    inner join social on given.client = social.client and given.network = social.network
    union
    select
        expected.client,
        measure.measure
    from expected
    inner join social on expected.client = social.client and expected.network = social.network
    inner join catalogue.measure as measure on expected.report = measure.report
)

select given.*
from given
left join social_measure on given.client = social_measure.client and given.measure = social_measure.measure
where given.network != 'all' or social_measure.client is null;

analyze span;
analyze expected;
analyze social;
analyze figured
