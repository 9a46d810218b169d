-- Numbers of days that services count themselves. Stocks are in rebuild/stock.sql.
insert into fact (place, report, measure, grain, period, numbers)
with counted as (
    select
        grid.place,
        counts.report,
        counts.measure,
        grid.day,
        counts.value
    from core.counts as counts
    inner join grid
        on
            counts.client = grid.client
            and counts.network = grid.network
            and counts.period = grid.day
            and grid.networks in ('own', 'site')
    inner join catalogue.measure as measure on counts.measure = measure.measure and measure.kind != 'stock'
    where counts.grain = 'day'
),

told as (
    select
        row_number() over () as number,
        one.*
    from (
        select distinct
            place,
            report,
            measure
        from counted
    ) as one
),

spread as (
    select
        told.number,
        grid.day,
        grid.week,
        grid.month,
        grid.is_kept,
        case when counted.place is null then 0 else counted.value end as value
    from told
    inner join grid on told.place = grid.place
    left join counted
        on
            told.place = counted.place
            and told.report = counted.report
            and told.measure = counted.measure
            and grid.day = counted.day
),

packed as (
    select
        number,
        case grouping(week) when 0 then 'week' else 'month' end as grain,
        coalesce(week, month) as period,
        array_agg(value order by day) as numbers
    from spread
    group by grouping sets ((number, week), (number, month))
    having grouping(week) = 0 or bool_and(is_kept)
)

select
    told.place,
    told.report,
    told.measure,
    packed.grain,
    packed.period,
    packed.numbers
from packed
inner join told on packed.number = told.number
