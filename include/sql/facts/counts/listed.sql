-- Numbers that the client lists: a day's stand for the day, a month's for the month only. A day or month without one is
-- unknown, not zero. Stocks are in rebuild/stock.sql. After what all services give.
delete from cell
using listed_instead
where
    cell.client = listed_instead.client
    and cell.network = listed_instead.network
    and cell.measure = listed_instead.measure;

delete from daily
using listed_instead
where
    daily.client = listed_instead.client
    and daily.network = listed_instead.network
    and daily.measure = listed_instead.measure;

delete from day_cell
using listed_instead
where
    day_cell.client = listed_instead.client
    and day_cell.network = listed_instead.network
    and day_cell.measure = listed_instead.measure;

insert into day_cell (client, network, measure, day, value, reason, week, month, is_kept)
select
    listed_measure.client,
    listed_measure.network,
    listed_measure.measure,
    slice_day.day,
    listed.value,
    case when listed.value is null then 'source_missing' end as reason,
    slice_day.week,
    slice_day.month,
    slice_day.is_kept
from listed_measure
inner join catalogue.measure as measure on listed_measure.measure = measure.measure and measure.kind != 'stock'
inner join slice_day on listed_measure.client = slice_day.client
left join listed
    on
        listed_measure.client = listed.client
        and listed_measure.network = listed.network
        and listed_measure.measure = listed.measure
        and listed.grain = 'day'
        and slice_day.day = listed.period
where listed_measure.is_daily;

-- Where days add up to months, a month without a number of its own is left to them.
insert into cell (client, network, measure, grain, period, value, reason, completeness)
select
    listed_measure.client,
    listed_measure.network,
    listed_measure.measure,
    slice_period.grain,
    slice_period.period,
    listed.value,
    case when listed.value is null then 'source_missing' end as reason,
    case when listed.value is null then 0 else 1 end as completeness
from listed_measure
inner join catalogue.measure as measure on listed_measure.measure = measure.measure and measure.kind != 'stock'
inner join slice_period on listed_measure.client = slice_period.client and slice_period.grain = 'month'
left join listed
    on
        listed_measure.client = listed.client
        and listed_measure.network = listed.network
        and listed_measure.measure = listed.measure
        and listed.grain = 'month'
        and slice_period.period = listed.period
where
    slice_period.through_day is not null
    and (listed.value is not null or measure.kind = 'unique' or not listed_measure.is_daily)
