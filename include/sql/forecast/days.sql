-- What the forecasts of a running month rest on: what is to be forecast, and what was counted day by day in it and in
-- the 13 weeks before it. People are only what their source counts: a target that rests on them is not forecast.

-- one row per target of a client that is at work in the month, while that is running in its zone
create temporary table forecast_target on commit drop as
with running as (
    select
        client,
        (%(month)s::date + interval '1 month')::date - %(month)s::date as days
    from core.client
    where
        client = any(%(clients)s)
        and (%(as_of)s::timestamptz at time zone time_zone)::date
        between %(month)s::date and (%(month)s::date + interval '1 month')::date + 2
        and started <= %(month)s::date
        and (ended is null or ended >= %(month)s::date)
),

newest as (
    select
        client,
        max(target_version) as target_version
    from core.target_version
    group by client
),

formula as (
    select
        term.kpi,
        bool_or(term.side = 'denominator') as is_ratio
    from catalogue.term as term
    inner join catalogue.measure as measure on term.measure = measure.measure
    group by term.kpi
    having bool_and(measure.kind != 'unique')
)

select
    running.client,
    running.days,
    target.network,
    target.kpi,
    formula.is_ratio,
    row_number() over () as target_id
from running
inner join newest on running.client = newest.client
inner join core.target as target
    on newest.client = target.client and newest.target_version = target.target_version
inner join formula on target.kpi = formula.kpi
left join marts.not_everywhere as apart
    on
        target.network = 'all'
        and running.client = apart.client
        and target.kpi = apart.kpi
        and apart.month = %(month)s::date
where apart.client is null; -- its sums are not of the same networks

-- one row per target and term of its formula
create temporary table forecast_term on commit drop as
select
    forecast_target.target_id,
    forecast_target.client,
    forecast_target.days,
    coalesce(term.network_pin, forecast_target.network) as network,
    term.measure,
    term.side,
    term.measure = 'followers_opening' as is_opening, -- known from the first day on
    term.measure = 'followers' or (measure.kind = 'stock' and not measure.is_derived) as is_stock,
    measure.may_be_negative,
    case term.measure when 'followers_average' then term.coefficient / forecast_target.days else term.coefficient end
        as coefficient
from forecast_target
inner join catalogue.term as term on forecast_target.kpi = term.kpi
inner join catalogue.measure as measure on term.measure = measure.measure;

analyze forecast_term;

-- one row per client x network x measure that grows from day to day
create temporary table series on commit drop as
select
    client,
    days,
    network,
    measure,
    is_stock,
    row_number() over () as series_id
from forecast_term
where not is_opening
group by client, days, network, measure, is_stock;

analyze series;

-- one row per series and day of the month, and of the 13 weeks before it: what the day added. Of a stock that is its
-- difference to the day before.
create temporary table series_day on commit drop as
with apart as ( -- the days that the client's file sets apart are no pattern
    select distinct
        series.series_id,
        days.day::date as day
    from series
    inner join core.annotation as event on series.client = event.client and not event.compare
    cross join
        lateral generate_series(
            greatest(event.first_day, %(month)s::date - 91)::timestamp,
            least(event.last_day, (%(month)s::date + interval '1 month')::date),
            interval '1 day'
        ) as days (day)
    where event.network is null or event.network = series.network or series.network in ('all', 'site')
),

day as (
    select
        series.series_id,
        series.is_stock,
        daily.first_day + (number.nth - 1)::integer as period,
        number.value,
        number.reason
    from series
    inner join marts.daily as daily
        on
            series.client = daily.client
            and series.network = daily.network
            and series.measure = daily.measure
            and daily.month >= date_trunc('month', (%(month)s::date - 92)::timestamp)::date
            and daily.month <= %(month)s::date
    cross join lateral unnest(daily.numbers, daily.reasons) with ordinality as number (value, reason, nth)
)

select
    day.series_id,
    day.is_stock,
    day.period - %(month)s::date as since, -- 0 = the month's first day
    mod(day.period - %(month)s::date + 98, 7) as weekday, -- 0 = that day's
    (%(month)s::date - day.period + 6) / 7 as week, -- 1 = the last before the month
    day.value,
    case when day.is_stock then day.value end as stock,
    coalesce(day.reason != 'source_missing', false) as is_refused,
    apart.day is null as is_usual
from day
left join apart on day.series_id = apart.series_id and day.period = apart.day
where day.period >= %(month)s::date - 92;

with change as (
    select
        series_id,
        since,
        value - first_value(value) over (
            partition by series_id
            order by since range between 1 preceding and 1 preceding
        ) as value
    from series_day
    where is_stock
)

update series_day
set value = change.value
from change
where series_day.series_id = change.series_id and series_day.since = change.since;

analyze series_day
