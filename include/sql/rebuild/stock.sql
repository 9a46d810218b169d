-- What is known of stocks, day by day. The first three tables are no `with`s, because the planner would expect one row
-- of each, and compare every day with every other.

-- one row per network, stock and day of which a service counted it
create temporary table moment on commit drop as
select
    counts.client,
    counts.network,
    counts.measure,
    counts.period as day,
    counts.value
from core.counts as counts
inner join catalogue.measure as measure on counts.measure = measure.measure and measure.kind = 'stock'
inner join catalogue.source as source on counts.source = source.source and not source.is_whole
where counts.client in (select taken.client from taken) and counts.grain = 'day';

-- one row per network and day of which a service told joins or leaves
create temporary table gained on commit drop as
select
    client,
    network,
    period as day,
    report,
    max(value) filter (where measure = 'followers_gained')
    - max(value) filter (where measure = 'followers_lost') as net
from core.counts
where
    client in (select taken.client from taken)
    and grain = 'day'
    and measure in ('followers_gained', 'followers_lost')
group by client, network, period, report;

-- one row per network, report and day of which a service answered, of the reports that tell these
create temporary table answered_stock on commit drop as
select
    client,
    network,
    report,
    day,
    state,
    without
from core.coverage
where
    client in (select taken.client from taken)
    and report in (
        select given.report
        from catalogue.given as given
        inner join catalogue.measure as measure on given.measure = measure.measure
        where given.networks = 'own' and (measure.kind = 'stock' or measure.measure = 'followers_gained')
    );

analyze moment (client, network, measure, day);
analyze gained (client, network, report, day);
analyze answered_stock (client, network, report, day);

-- one row per client x network x stock x day, from the day before the client's first day to the end of its last month:
-- the stocks that services count, and those that the client lists, a month's number standing on its last day.
-- Before the first count of followers they are counted back from it by joins and leaves; that ends where a day's joins
-- and leaves are unknown. Those of the 3 days before the count services tell later: until then, what is counted back
-- over them is flagged. `stands_on` is the day whose count may stand for this one: itself, or at most 2 days before.
create temporary table stock on commit drop as
with expected_stock as ( -- with the report that tells the joins and leaves of the same network
    select
        expected.client,
        expected.network,
        expected.report,
        expected.last_day,
        given.measure,
        gains.report as gains_report
    from expected
    inner join catalogue.given as given
        on
            expected.source = given.source
            and expected.report = given.report
            and expected.networks = given.networks
            and given.grain = 'day'
    inner join catalogue.measure as measure on given.measure = measure.measure and measure.kind = 'stock'
    left join catalogue.given as gains
        on
            expected.source = gains.source
            and expected.networks = gains.networks
            and given.measure = 'followers'
            and gains.measure = 'followers_gained'
            and gains.grain = 'day'
    left join listed_instead
        on
            expected.client = listed_instead.client
            and expected.network = listed_instead.network
            and given.measure = listed_instead.measure
    where expected.networks = 'own' and listed_instead.client is null
),

first_count as (
    select distinct on (client, network, measure)
        client,
        network,
        measure,
        day,
        value
    from moment
    order by client, network, measure, day
),

community as (
    select
        expected.client,
        expected.network,
        expected.measure,
        expected.report,
        expected.gains_report,
        first_count.day as counted_from,
        first_count.value as first_value,
        days.day::date as day
    from expected_stock as expected
    inner join span on expected.client = span.client
    left join first_count
        on
            expected.client = first_count.client
            and expected.network = first_count.network
            and expected.measure = first_count.measure
    cross join
        lateral generate_series(
            span.first_day - interval '1 day', greatest(span.last_day, first_count.day), interval '1 day'
        ) as days (day)
    where days.day <= greatest(expected.last_day, first_count.day)
),

community_day as (
    select
        community.*,
        moment.value,
        coverage.state as count_state,
        case
            when community.day >= community.counted_from then 0
            when known.state = 'no_access' or known.without && '{followers_gained,followers_lost}' then null
            when known.state = 'unanswered' then case when community.day >= community.counted_from - 3 then 0 end
            when known.state is not null and gained.client is null then 0
            when known.state is not null then gained.net
        end as net,
        coalesce(known.state in ('flagged', 'unanswered') and community.day < community.counted_from, false)
            as is_net_flagged
    from community
    left join moment
        on
            community.client = moment.client
            and community.network = moment.network
            and community.measure = moment.measure
            and community.day = moment.day
    left join answered_stock as coverage
        on
            community.client = coverage.client
            and community.network = coverage.network
            and community.day = coverage.day
            and community.report = coverage.report
    left join answered_stock as known
        on
            community.client = known.client
            and community.network = known.network
            and community.day = known.day
            and community.gains_report = known.report
    left join gained
        on
            community.client = gained.client
            and community.network = gained.network
            and community.day = gained.day
            and community.gains_report = gained.report
),

counted_back as (
    select
        *,
        coalesce(sum(net) over later, 0) as later_net,
        count(*) filter (where net is null) over later as later_unknown,
        coalesce(bool_or(is_net_flagged) over later, false) as is_later_flagged
    from community_day
    window later as (
        partition by client, network, measure
        order by day desc
        rows between unbounded preceding and 1 preceding
    )
),

counted as (
    select
        client,
        network,
        measure,
        day,
        count_state,
        day < counted_from as is_derived,
        case
            when day >= counted_from then value
            when later_unknown = 0 then first_value - later_net
        end as value,
        coalesce(count_state = 'flagged', false) or is_later_flagged as is_flagged
    from counted_back
),

listed_day as (
    select
        listed_measure.*,
        days.day::date as day
    from listed_measure
    inner join catalogue.measure as measure
        on listed_measure.measure = measure.measure and measure.kind = 'stock'
    inner join span on listed_measure.client = span.client
    cross join lateral generate_series(
        span.first_day - interval '1 day',
        date_trunc('month', span.last_day::timestamp) + interval '1 month - 1 day',
        interval '1 day'
    ) as days (day)
),

given as (
    select
        listed_day.*,
        coalesce(daily.value, monthly.value) as value
    from listed_day
    left join listed as daily
        on
            listed_day.client = daily.client
            and listed_day.network = daily.network
            and listed_day.measure = daily.measure
            and listed_day.day = daily.period
            and daily.grain = 'day'
    left join listed as monthly
        on
            listed_day.client = monthly.client
            and listed_day.network = monthly.network
            and listed_day.measure = monthly.measure
            and listed_day.day = (monthly.period + interval '1 month - 1 day')::date
            and monthly.grain = 'month'
),

known as (
    select
        client,
        network,
        measure,
        true as is_daily,
        day,
        value,
        case
            when value is not null then null
            when count_state = 'no_access' then 'no_access' -- it is hidden
            else 'source_missing'
        end as reason,
        coalesce(is_derived and value is not null, false) as is_derived,
        is_flagged and value is not null as is_flagged
    from counted
    union all
    select
        client,
        network,
        measure,
        is_daily,
        day,
        value,
        case when value is null then 'source_missing' end as reason,
        false as is_derived,
        false as is_flagged
    from given
)

select
    *,
    case
        when value is not null then day
        when lag(value) over earlier is not null then day - 1
        when lag(value, 2) over earlier is not null then day - 2
    end as stands_on
from known
window earlier as (partition by client, network, measure order by day);

analyze stock (client, network, measure, day)
