-- Numbers of days that services count themselves.
insert into fact_period (client, network, report, measure, grain, period, numbers)
with counted as (
    select
        counts.client,
        counts.network,
        counts.report,
        counts.measure,
        counts.period as day,
        counts.value
    from core.counts as counts
    inner join slice_day on counts.client = slice_day.client and counts.period = slice_day.day
    where counts.grain = 'day' and counts.counted_at is null
),

told as (
    select distinct
        client,
        network,
        report,
        measure
    from counted
)

select
    told.client,
    told.network,
    told.report,
    told.measure,
    case grouping(grid.week) when 0 then 'week' else 'month' end as grain,
    coalesce(grid.week, grid.month) as period,
    array_agg(case when counted.client is null then 0 else counted.value end order by grid.day) as numbers
from told
inner join grid
    on told.client = grid.client and told.network = grid.network and grid.networks in ('own', 'site')
left join counted
    on
        told.client = counted.client
        and told.network = counted.network
        and told.report = counted.report
        and told.measure = counted.measure
        and grid.day = counted.day
group by
    grouping sets (
        (told.client, told.network, told.report, told.measure, grid.week),
        (told.client, told.network, told.report, told.measure, grid.month)
    )
having grouping(grid.week) = 0 or bool_and(grid.is_kept)
