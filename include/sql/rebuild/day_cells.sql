-- What sources give by day: each day's number, or why there is none. A day that a report knows and that has no fact is
-- zero. Stocks are in stock_cells.sql, what the client lists in facts/counts/listed.sql.
analyze fact (place, report, measure, grain, period);

-- The joins below are of so many columns that the planner expects one row of each, and of many clients with few months
-- compares every row with every other: a hundred times as long.
set local enable_nestloop = off;

-- One row per network, measure of a report, and week or month of the grid, with a number for each of its days. They
-- stand as they are (`is_whole`) where the report has answered for each day and lacks none; else the days are looked at
-- one by one, as are those of a measure from whose days others are counted.
create temporary table awaited_period on commit drop as
with awaited as ( -- `origins`: of every network that visits came from
    select distinct
        expected.client,
        expected.networks,
        expected.network,
        given.report,
        given.measure
    from expected
    inner join catalogue.given as given
        on
            expected.source = given.source
            and expected.report = given.report
            and expected.networks = given.networks
            and given.grain = 'day'
    inner join catalogue.measure as measure on given.measure = measure.measure and measure.kind != 'stock'
    where expected.networks in ('own', 'site')
    union all
    select distinct
        expected.client,
        given.networks,
        '' as network,
        given.report,
        given.measure
    from expected
    inner join catalogue.given as given
        on
            expected.source = given.source
            and given.networks = 'origins'
            and given.grain = 'day'
            and (given.lead_part is null or expected.report = given.report)
    where expected.networks = 'site'
)

select
    grid.place,
    grid.client,
    grid.networks,
    grid.network,
    grid.grain,
    grid.period,
    grid.first_day,
    awaited.report,
    awaited.measure,
    coalesce(fact.numbers, array_fill(0::numeric, array[grid.days])) as numbers,
    fact.is_late,
    answered.flags as is_flagged,
    answered.client is not null
    and array_position(fact.numbers, null) is null
    and awaited.measure not in ('posts', 'messages_answered', 'comments_answered') as is_whole
from grid_period as grid
inner join awaited
    on
        grid.client = awaited.client
        and grid.networks = awaited.networks
        and awaited.network = case grid.networks when 'origins' then '' else grid.network end
left join answered_period as answered
    on
        grid.client = answered.client
        and answered.network = case grid.networks when 'own' then grid.network else '' end
        and grid.grain = answered.grain
        and grid.period = answered.period
        and grid.first_day = answered.first_day
        and grid.days = answered.days
        and awaited.report = answered.report
        and not answered.has_no_access
        and awaited.measure = any(answered.given)
        and not awaited.measure = any(answered.without)
left join fact
    on
        grid.place = fact.place
        and grid.grain = fact.grain
        and grid.period = fact.period
        and awaited.report = fact.report
        and awaited.measure = fact.measure;

analyze awaited_period (place, grain, period, is_whole);

insert into daily (client, network, measure, month, first_day, numbers, is_late, is_flagged)
select
    client,
    network,
    measure,
    period as month,
    first_day,
    numbers,
    is_late,
    is_flagged
from awaited_period
where is_whole and grain = 'month';

insert into cell (client, network, measure, grain, period, value, completeness, is_late, is_flagged)
select
    awaited.client,
    awaited.network,
    awaited.measure,
    awaited.grain,
    awaited.period,
    (select sum(day.number) from unnest(awaited.numbers) as day (number)) as value,
    cardinality(awaited.numbers)::numeric / marts.days(awaited.grain, awaited.period) as completeness,
    awaited.is_late is not null as is_late,
    awaited.is_flagged is not null as is_flagged
from awaited_period as awaited
inner join catalogue.measure as measure on awaited.measure = measure.measure and measure.kind = 'flow'
where awaited.is_whole;

insert into day_cell (
    client, network, measure, day, value, reason, is_late, is_flagged, week, month, is_kept
)
with open_day as (
    select
        awaited.place,
        awaited.report,
        awaited.measure,
        grid.client,
        grid.networks,
        grid.network,
        grid.day,
        grid.is_kept,
        awaited.period as week,
        null::date as month,
        awaited.numbers[grid.day - awaited.first_day + 1] as value,
        awaited.is_late[grid.day - awaited.first_day + 1] as is_late
    from awaited_period as awaited
    inner join grid on awaited.place = grid.place and awaited.period = grid.week
    where awaited.grain = 'week' and not awaited.is_whole
    union all
    select
        awaited.place,
        awaited.report,
        awaited.measure,
        grid.client,
        grid.networks,
        grid.network,
        grid.day,
        grid.is_kept,
        null::date as week,
        awaited.period as month,
        awaited.numbers[grid.day - awaited.first_day + 1] as value,
        awaited.is_late[grid.day - awaited.first_day + 1] as is_late
    from awaited_period as awaited
    inner join grid on awaited.place = grid.place and awaited.period = grid.month
    where awaited.grain = 'month' and not awaited.is_whole
),

once as ( -- a day may be one of a week and of a month
    select
        client,
        networks,
        network,
        report,
        measure,
        day,
        is_kept,
        max(week) as week,
        max(month) as month,
        max(value) as value,
        bool_or(is_late) as is_late
    from open_day
    group by place, client, networks, network, report, measure, day, is_kept
),

told as (
    select
        once.client,
        once.network,
        once.measure,
        once.day,
        once.week,
        once.month,
        once.is_kept,
        once.value,
        once.is_late,
        answered.state = 'flagged' as is_flagged,
        case
            when answered.state is null then 'source_missing'
            when answered.state = 'no_access' then 'no_access'
            when once.measure = any(answered.without) and once.measure = any(answered.hidden) then 'no_access'
            when once.measure = any(answered.without) then 'not_applicable'
            when not once.measure = any(answered.given) then 'not_applicable' -- another source counted that day
            when once.value is null then 'not_applicable'
        end as reason
    from once
    left join answered
        on
            once.client = answered.client
            and answered.network = case once.networks when 'own' then once.network else '' end
            and once.day = answered.day
            and once.report = answered.report
)

select
    client,
    network,
    measure,
    day,
    case when reason is null then value end as value,
    reason,
    coalesce(is_late and reason is null, false) as is_late,
    coalesce(is_flagged, false) as is_flagged,
    week,
    month,
    is_kept
from told;

analyze day_cell (client, network, measure, day);
set local enable_nestloop = on
