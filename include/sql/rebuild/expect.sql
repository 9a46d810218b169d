-- What is expected of the clients in every month, whatever its rows: a function of the ledger, the client's file, the
-- numbers that it ever listed, and the catalogue.

-- one row per client: its days, from the first that was ever asked for. A report of posts knows of weeks before.
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

analyze span;

-- one row per client x network x report that is expected of a source, with whose numbers they are (catalogue.given).
-- Whoever counts visits tells only the catalogue's networks apart, so that a second page of a network, which has a name
-- of its own, has no traffic of its own. A network of the client's file is expected even if it has never answered: else
-- `all` would be the others' alone. What the file names no more is expected no longer than it was loaded: through
-- `last_day`, infinity for the others.
create temporary table expected on commit drop as
with report as ( -- one row per report of a source
    select distinct
        source,
        report,
        networks,
        lead_part
    from catalogue.given
),

answered as (
    select
        coverage.client,
        coverage.network as given_by,
        coverage.source,
        max(coverage.day) as last_covered
    from core.coverage as coverage
    where
        coverage.client in (select taken.client from taken)
        and (coverage.source, coverage.report) in (
            select
                report.source,
                report.report
            from report
        )
    group by coverage.client, coverage.network, coverage.source
),

giver as (
    select
        answered.client,
        answered.given_by,
        answered.source,
        case when named.client is null then answered.last_covered else 'infinity'::date end as last_day,
        true as has_answered
    from answered
    left join core.client_source as named
        on
            answered.client = named.client
            and answered.given_by = named.network
            and answered.source = named.source
    union all
    select
        named.client,
        named.network as given_by,
        named.source,
        'infinity'::date as last_day,
        false as has_answered
    from core.client_source as named
    inner join span on named.client = span.client
    left join answered
        on
            named.client = answered.client
            and named.network = answered.given_by
            and named.source = answered.source
    where answered.client is null
),

awaited as ( -- its reports, without those of leads that the client does not count there
    select
        giver.*,
        report.report,
        report.networks
    from giver
    inner join report on giver.source = report.source
    left join core.lead_part as part
        on giver.client = part.client and giver.given_by = part.source and report.lead_part = part.part
    where
        (report.lead_part is null or part.client is not null)
        and (report.networks = 'own' or giver.has_answered)
)

select
    client,
    source,
    given_by as network,
    report,
    networks,
    last_day
from awaited
where networks = 'own'
union all
select
    client,
    source,
    'site' as network,
    report,
    networks,
    max(last_day) as last_day
from awaited
where networks = 'site'
group by client, source, report, networks
union all
select
    awaited.client,
    awaited.source,
    named.network,
    awaited.report,
    awaited.networks,
    max(awaited.last_day) as last_day
from awaited
inner join core.client_network as named on awaited.client = named.client
inner join catalogue.network as network on named.network = network.network
where awaited.networks = 'origins' or (awaited.networks = 'social' and network.is_social)
group by awaited.client, awaited.source, named.network, awaited.report, awaited.networks;

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

-- one row per number that a client's list gives: it is read whole, and what it does not say is unknown
create temporary table listed on commit drop as
select
    counts.client,
    counts.network,
    counts.measure,
    counts.grain,
    counts.period,
    counts.value
from core.counts as counts
inner join catalogue.source as source on counts.source = source.source and source.is_whole
where counts.client in (select taken.client from taken);

-- one row per client x network x measure that was ever listed. What lists say of `all` itself stands only where no
-- social network gives that measure; of people it stands, because nothing adds them up.
create temporary table listed_measure on commit drop as
with given as (
    select
        client,
        network,
        measure,
        bool_or(grain = 'day') as is_daily
    from listed
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
    inner join catalogue.given as measure
        on
            expected.source = measure.source
            and expected.report = measure.report
            and expected.networks = measure.networks
)

select given.*
from given
inner join catalogue.measure as counted on given.measure = counted.measure
left join social_measure on given.client = social_measure.client and given.measure = social_measure.measure
where given.network != 'all' or social_measure.client is null or counted.kind = 'unique';

-- one row per listed number that an expected service gives, too: its loads are refused until the number is taken out of
-- the list (publish/refuse.sql), and the list's stands.
create temporary table listed_instead on commit drop as
select
    listed_measure.client,
    listed_measure.network,
    listed_measure.measure
from listed_measure
inner join catalogue.given as given on listed_measure.measure = given.measure
inner join expected
    on
        listed_measure.client = expected.client
        and listed_measure.network = expected.network
        and given.source = expected.source
        and given.report = expected.report
        and given.networks = expected.networks
union
-- who counts a site's visits may give every network's, also of one that the client's file does not name
select
    listed_measure.client,
    listed_measure.network,
    listed_measure.measure
from listed_measure
inner join catalogue.network as network on listed_measure.network = network.network
inner join catalogue.given as given on listed_measure.measure = given.measure and given.networks = 'origins'
inner join expected
    on
        listed_measure.client = expected.client
        and given.source = expected.source
        and expected.networks = 'site'
        and (given.lead_part is null or given.report = expected.report);

analyze expected;
analyze social;
analyze listed (client, network, measure, grain, period);
analyze listed_measure;
analyze listed_instead
