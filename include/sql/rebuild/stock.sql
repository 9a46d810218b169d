-- one row per client x network x stock x day, from the day before the client's first day to the end of its last month:
-- the members of VK's communities and the stocks among the figures, a month's figure standing on its last day.
-- Before the first count of members they are counted back from it by joins and leaves; that ends where a day's joins
-- and leaves are unknown. `stands_on` is the day whose count may stand for this one: itself, or at most 2 days before.
create temporary table stock on commit drop as
with first_count as (
    select distinct on (client, network)
        client,
        network,
        day,
        members
    from core.vk_members
    where client in (select taken.client from taken)
    order by client, network, day
),

community as (
    select
        expected.client,
        expected.network,
        first_count.day as counted_from,
        first_count.members as first_members,
        days.day::date as day
    from expected
    inner join span on expected.client = span.client
    left join first_count on expected.client = first_count.client and expected.network = first_count.network
    cross join
        lateral generate_series(
            span.first_day - interval '1 day', greatest(span.last_day, first_count.day), interval '1 day'
        ) as days (day)
    where expected.report = 'members' and days.day <= greatest(expected.last_day, first_count.day)
),

community_day as (
    select
        community.*,
        counted.members,
        coverage.state as count_state,
        case
            when community.day >= community.counted_from then 0
            when known.state = 'no_access' or known.without && '{followers_gained,followers_lost}' then null
            when known.state is not null and stats.client is null then 0
            when known.state is not null then stats.joined - stats.left_community
        end as net,
        coalesce(known.state = 'flagged' and community.day < community.counted_from, false) as is_net_flagged
    from community
    left join core.vk_members as counted
        on
            community.client = counted.client
            and community.network = counted.network
            and community.day = counted.day
    left join core.coverage as coverage
        on
            community.client = coverage.client
            and community.network = coverage.network
            and community.day = coverage.day
            and coverage.report = 'members'
    left join core.coverage as known
        on
            community.client = known.client
            and community.network = known.network
            and community.day = known.day
            and known.report = 'stats'
    left join core.vk_stats as stats
        on
            community.client = stats.client
            and community.network = stats.network
            and community.day = stats.period
            and stats.grain = 'day'
),

counted_back as (
    select
        *,
        coalesce(sum(net) over later, 0) as later_net,
        count(*) filter (where net is null) over later as later_unknown,
        coalesce(bool_or(is_net_flagged) over later, false) as is_later_flagged
    from community_day
    window later as (partition by client, network order by day desc rows between unbounded preceding and 1 preceding)
),

member as (
    select
        client,
        network,
        day,
        count_state,
        day < counted_from as is_derived,
        case
            when day >= counted_from then members
            when later_unknown = 0 then first_members - later_net
        end as members,
        coalesce(count_state = 'flagged', false) or is_later_flagged as is_flagged
    from counted_back
),

figured_day as (
    select
        figured.*,
        days.day::date as day
    from figured
    inner join catalogue.measure as measure on figured.measure = measure.measure and measure.kind = 'stock'
    inner join span on figured.client = span.client
    cross join lateral generate_series(
        span.first_day - interval '1 day',
        date_trunc('month', span.last_day::timestamp) + interval '1 month - 1 day',
        interval '1 day'
    ) as days (day)
),

given as (
    select
        figured_day.*,
        coalesce(daily.value, monthly.value) as value
    from figured_day
    left join core.figure as daily
        on
            figured_day.client = daily.client
            and figured_day.network = daily.network
            and figured_day.measure = daily.measure
            and figured_day.day = daily.period
            and daily.grain = 'day'
    left join core.figure as monthly
        on
            figured_day.client = monthly.client
            and figured_day.network = monthly.network
            and figured_day.measure = monthly.measure
            and figured_day.day = (monthly.period + interval '1 month - 1 day')::date
            and monthly.grain = 'month'
),

known as (
    select
        client,
        network,
        'followers' as measure,
        true as is_daily,
        day,
        members as value,
        case
            when members is not null then null
            when count_state = 'no_access' then 'no_access' -- the community hides it
            else 'source_missing'
        end as reason,
        coalesce(is_derived and members is not null, false) as is_derived,
        is_flagged and members is not null as is_flagged
    from member
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

analyze stock
