-- One row per network, measure that a source gives by day, and day: its number, or why there is none. A day that a
-- report knows and that has no fact is zero. Stocks are in stock_cells.sql, what the client lists in
-- facts/counts/listed.sql.
analyze fact (client, network, day);

insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_late, is_flagged, week, month, is_kept
)
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
),

told as (
    select
        grid.*,
        awaited.measure,
        fact.value,
        fact.is_late,
        answered.state = 'flagged' as is_flagged,
        case
            when answered.state is null then 'source_missing'
            when answered.state = 'no_access' then 'no_access'
            when awaited.measure = any(answered.without) and awaited.measure = any(answered.hidden) then 'no_access'
            when awaited.measure = any(answered.without) then 'not_applicable'
            when not awaited.measure = any(answered.given) then 'not_applicable' -- another source counted that day
            when fact.client is not null and fact.value is null then 'not_applicable'
        end as reason
    from grid
    inner join awaited
        on
            grid.client = awaited.client
            and grid.networks = awaited.networks
            and awaited.network = case grid.networks when 'origins' then '' else grid.network end
    left join answered
        on
            grid.client = answered.client
            and answered.network = case grid.networks when 'own' then grid.network else '' end
            and grid.day = answered.day
            and awaited.report = answered.report
    left join fact
        on
            grid.client = fact.client
            and grid.network = fact.network
            and grid.day = fact.day
            and awaited.report = fact.report
            and awaited.measure = fact.measure
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
    coalesce(is_late and reason is null, false) as is_late,
    coalesce(is_flagged, false) as is_flagged,
    week,
    month,
    is_kept
from told
