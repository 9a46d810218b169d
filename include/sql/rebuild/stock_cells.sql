-- Stocks by day, and by week and month: the count of the last day, or of at most 2 days before; while the period is
-- running, the last count there is. `completeness` says how far into the period that count reaches.
insert into day_cell (
    client, network, measure, day, value, reason, is_derived, is_flagged, week, month, is_kept
)
select
    stock.client,
    stock.network,
    stock.measure,
    stock.day,
    stock.value,
    stock.reason,
    stock.is_derived,
    stock.is_flagged,
    slice_day.week,
    slice_day.month,
    slice_day.is_kept
from stock
inner join slice_day on stock.client = slice_day.client and stock.day = slice_day.day
where stock.is_daily;

insert into cell (client, network, measure, grain, period, value, reason, completeness, is_derived, is_flagged)
with stock_period as (
    select
        slice_period.client,
        slice_period.grain,
        slice_period.period,
        slice_period.last_day,
        slice_period.through_day,
        stock.network,
        stock.measure,
        max(stock.day) filter (
            where
            stock.value is not null
            and (stock.day >= slice_period.last_day - 2 or slice_period.through_day < slice_period.last_day)
        ) as counted_on,
        max(stock.reason) filter (where stock.day = slice_period.through_day) as reason
    from stock
    cross join
        lateral (
            values
            ('week', date_trunc('week', stock.day::timestamp)::date),
            ('month', date_trunc('month', stock.day::timestamp)::date)
        ) as period (grain, period)
    inner join slice_period
        on
            stock.client = slice_period.client
            and period.grain = slice_period.grain
            and period.period = slice_period.period
    where
        (stock.is_daily and stock.day <= slice_period.through_day)
        or (not stock.is_daily and slice_period.grain = 'month' and slice_period.through_day is not null)
    group by
        slice_period.client,
        slice_period.grain,
        slice_period.period,
        slice_period.last_day,
        slice_period.through_day,
        stock.network,
        stock.measure
)

select
    stock_period.client,
    stock_period.network,
    stock_period.measure,
    stock_period.grain,
    stock_period.period,
    stock.value,
    -- without a reason of the last day: the community was taken out before
    case when stock.value is null then coalesce(stock_period.reason, 'source_missing') end as reason,
    case
        when stock.value is null then 0
        else (stock.day - stock_period.period + 1)::numeric / (stock_period.last_day - stock_period.period + 1)
    end as completeness,
    coalesce(stock.is_derived, false) as is_derived,
    coalesce(stock.is_flagged, false) as is_flagged
from stock_period
left join stock
    on
        stock_period.client = stock.client
        and stock_period.network = stock.network
        and stock_period.measure = stock.measure
        and stock_period.counted_on = stock.day;

analyze day_cell (client, network, measure, day)
