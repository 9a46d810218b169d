-- The client's own figures: a day's stand for the day, a month's for the month only. A day or month without one is
-- unknown, not zero. Stocks are in stock.sql.
insert into cell (client, network, measure, grain, period, value, reason, completeness, week, month, is_kept)
select
    figured.client,
    figured.network,
    figured.measure,
    'day' as grain,
    slice_day.day,
    figure.value,
    case when figure.value is null then 'source_missing' end as reason,
    case when figure.value is null then 0 else 1 end as completeness,
    slice_day.week,
    slice_day.month,
    slice_day.is_kept
from figured
inner join catalogue.measure as measure on figured.measure = measure.measure and measure.kind != 'stock'
inner join slice_day on figured.client = slice_day.client
left join core.figure as figure
    on
        figured.client = figure.client
        and figured.network = figure.network
        and figured.measure = figure.measure
        and figure.grain = 'day'
        and slice_day.day = figure.period
where figured.is_daily;

-- Where days add up to months, a month without a figure of its own is left to them.
insert into cell (client, network, measure, grain, period, value, reason, completeness)
select
    figured.client,
    figured.network,
    figured.measure,
    slice_period.grain,
    slice_period.period,
    figure.value,
    case when figure.value is null then 'source_missing' end as reason,
    case when figure.value is null then 0 else 1 end as completeness
from figured
inner join catalogue.measure as measure on figured.measure = measure.measure and measure.kind != 'stock'
inner join slice_period on figured.client = slice_period.client and slice_period.grain = 'month'
left join core.figure as figure
    on
        figured.client = figure.client
        and figured.network = figure.network
        and figured.measure = figure.measure
        and figure.grain = 'month'
        and slice_period.period = figure.period
where
    slice_period.through_day is not null
    and (figure.value is not null or measure.kind = 'unique' or not figured.is_daily)
