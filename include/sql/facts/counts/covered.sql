-- Numbers that services count themselves. Of days: what a report knows and has no number for is zero.
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_flagged, week, month, is_kept
)
with awaited as ( -- one row per network and measure that a report gives by day
    select distinct
        expected.client,
        expected.network,
        expected.networks,
        expected.report,
        given.measure
    from expected
    inner join catalogue.given as given
        on
            expected.source = given.source
            and expected.report = given.report
            and expected.networks = given.networks
            and given.kind = 'counts'
            and given.grain = 'day'
    inner join catalogue.measure as measure on given.measure = measure.measure and measure.kind != 'stock'
),

told as (
    select
        grid.*,
        awaited.measure,
        counts.value,
        answered.state = 'flagged' as is_flagged,
        case
            when answered.state is null then 'source_missing'
            when answered.state = 'no_access' then 'no_access'
            when awaited.measure = any(answered.without) then 'not_applicable'
            when counts.client is not null and counts.value is null then 'not_applicable'
        end as reason
    from grid
    inner join awaited
        on
            grid.client = awaited.client
            and grid.network = awaited.network
            and (grid.networks = 'own') = (awaited.networks = 'own')
    left join answered
        on
            grid.client = answered.client
            and answered.network = case grid.networks when 'own' then grid.network else '' end
            and grid.day = answered.day
            and awaited.report = answered.report
    left join core.counts as counts
        on
            grid.client = counts.client
            and grid.day = counts.period
            and counts.grain = 'day'
            and grid.network = counts.network
            and awaited.measure = counts.measure
            and awaited.report = counts.report
)

select
    client,
    network,
    measure,
    'day' as grain,
    day,
    case when reason is null then coalesce(value, 0) end as value,
    reason,
    case when reason is null then 1 else 0 end as completeness,
    coalesce(is_flagged, false) as is_flagged,
    week,
    month,
    is_kept
from told;

-- Of weeks and months: people, as the source counted them for that period; never added up. Whole only if it was asked
-- through the period's last day, and every day of it is known. Sources say a zero: a period without a number was not
-- asked for, or is withheld as telling of too few people (flagged).
insert into cell (client, network, measure, grain, period, value, reason, completeness, is_flagged)
with fact as (
    select
        counts.client,
        counts.network,
        counts.measure,
        counts.grain,
        counts.period,
        counts.value,
        counts.through_day,
        given.report,
        given.networks,
        given.whole_periods
    from core.counts as counts
    inner join catalogue.given as given
        on
            counts.source = given.source
            and counts.report = given.report
            and counts.measure = given.measure
            and counts.grain = given.grain
            and given.networks = case
                when counts.network = counts.given_by then 'own'
                when counts.network = 'site' then 'site'
                else 'social'
            end
    where counts.client in (select span.client from span) and counts.grain != 'day' and given.kind = 'counts'
),

counted as (
    select
        expected.client,
        expected.network,
        given.measure,
        slice_period.grain,
        slice_period.period,
        slice_period.last_day,
        given.report,
        expected.networks
    from slice_period
    inner join expected
        on slice_period.client = expected.client and slice_period.period <= expected.last_day
    inner join catalogue.given as given
        on
            expected.source = given.source
            and expected.report = given.report
            and expected.networks = given.networks
            and slice_period.grain = given.grain
            and given.kind = 'counts'
    where slice_period.grain != 'day' and slice_period.through_day is not null
    union
    select
        fact.client,
        fact.network,
        fact.measure,
        fact.grain,
        fact.period,
        slice_period.last_day,
        fact.report,
        fact.networks
    from slice_period
    inner join fact
        on
            slice_period.client = fact.client
            and slice_period.grain = fact.grain
            and slice_period.period = fact.period
    where slice_period.through_day is not null
),

asked as (
    select
        counted.client,
        counted.network,
        counted.measure,
        counted.grain,
        counted.period,
        bool_or(answered.state = 'no_access') as has_no_access,
        bool_or(answered.state = 'flagged') as is_flagged,
        bool_or(counted.measure = any(answered.without)) as is_not_given,
        count(*) filter (where answered.state != 'no_access' and answered.day <= fact.through_day) as days
    from counted
    inner join answered
        on
            counted.client = answered.client
            and answered.network = case counted.networks when 'own' then counted.network else '' end
            and counted.report = answered.report
            and answered.day between counted.period and counted.last_day
    left join fact
        on
            counted.client = fact.client
            and counted.network = fact.network
            and counted.measure = fact.measure
            and counted.grain = fact.grain
            and counted.period = fact.period
    group by counted.client, counted.network, counted.measure, counted.grain, counted.period
)

select
    counted.client,
    counted.network,
    counted.measure,
    counted.grain,
    counted.period,
    fact.value,
    case
        when fact.value is not null then null
        when asked.has_no_access then 'no_access'
        when fact.client is not null or asked.is_flagged or asked.is_not_given then 'not_applicable'
        else 'source_missing'
    end as reason,
    case
        when fact.value is null then 0
        when fact.whole_periods
            then (fact.through_day - fact.period + 1)::numeric / (counted.last_day - counted.period + 1)
        else coalesce(asked.days, 0)::numeric / (counted.last_day - counted.period + 1)
    end as completeness,
    coalesce(asked.is_flagged, false) as is_flagged
from counted
left join fact
    on
        counted.client = fact.client
        and counted.network = fact.network
        and counted.measure = fact.measure
        and counted.grain = fact.grain
        and counted.period = fact.period
left join asked
    on
        counted.client = asked.client
        and counted.network = asked.network
        and counted.measure = asked.measure
        and counted.grain = asked.grain
        and counted.period = asked.period
