-- How each series of the running month would end, as seen at the end of each of its days. A day to come, and one that
-- is not known, is expected as such a weekday of the 13 weeks before the month usually was, moved by how far this
-- month's days have been from theirs on average, seven more days without a difference added.

-- one row per series and usual week: of the 13 those that are whole
create temporary table usual_week on commit drop as
select
    series_id,
    week,
    sum(value) as value
from series_day
where week between 1 and 13 and is_usual
group by series_id, week
having count(value) = 7;

analyze usual_week;

-- one row per series and day of the month: how it ends, as seen at the end of that day
create temporary table outlook on commit drop as
with usual as ( -- four such weeks at least
    select
        series_day.series_id,
        series_day.weekday,
        avg(series_day.value) as usual
    from series_day
    inner join usual_week on series_day.series_id = usual_week.series_id and series_day.week = usual_week.week
    group by series_day.series_id, series_day.weekday
    having count(*) >= 4
),

client as (
    select distinct client
    from series
),

week_cell as (
    select
        series.series_id,
        series.client,
        series.network,
        series.measure,
        series.is_stock,
        week.period,
        week.value
    from client
    -- client by client, in the order of the primary key: to look up each cell takes longer
    cross join
        lateral ( -- noqa: ST05
            select measure.*
            from marts.measure_periods as measure
            where
                measure.client = client.client
                and measure.grain = 'week'
                and measure.period between %(month)s::date - 7 * 53 and %(month)s::date - 7
                and measure.completeness = 1
            order by measure.period
        ) as week
    inner join series
        on week.client = series.client and week.network = series.network and week.measure = series.measure
    where series.measure != 'followers_average'
),

week_change as ( -- what each week added
    select
        series_id,
        value
    from week_cell
    where not is_stock
    union all
    select
        ended.series_id,
        ended.value - opened.value as value
    from week_cell as ended
    inner join marts.measure_periods as opened
        on
            ended.client = opened.client
            and opened.grain = 'week'
            and ended.period = opened.period
            and ended.network = opened.network
            and opened.measure = ended.measure || '_opening'
            and opened.completeness = 1
    where ended.is_stock
),

extreme as ( -- the worst and the best of the last 52 weeks, where half of them are known
    select
        series_id,
        min(value) as worst,
        max(value) as best
    from week_change
    group by series_id
    having count(*) >= 26
),

day as (
    select
        series.series_id,
        series.is_stock,
        series.days,
        days.since,
        series_day.value,
        series_day.stock,
        series_day.is_refused,
        usual.usual,
        series_day.is_usual and series_day.value is not null as is_usual,
        series_day.value is null and not series.is_stock as is_open
    from series
    cross join lateral generate_series(0, series.days - 1) as days (since)
    left join series_day on series.series_id = series_day.series_id and days.since = series_day.since
    left join usual on series.series_id = usual.series_id and mod(days.since, 7) = usual.weekday
),

seen as ( -- at the end of each day, what is known of the month, and what is still open
    select
        series_id,
        is_stock,
        since,
        case when is_stock then stock else coalesce(sum(value) over upto, 0) end as known,
        coalesce(sum(value - usual) filter (where is_usual) over upto, 0) as difference,
        count(*) filter (where is_usual) over upto as usual_days,
        days - since - 1 + count(*) filter (where is_open) over upto as open_days,
        sum(usual) over whole - coalesce(sum(usual) filter (where not is_open) over upto, 0) as open_usual,
        coalesce(bool_or(is_refused) over upto, false) as is_refused,
        count(value) over whole = days as is_whole,
        max(since) filter (where coalesce(stock, value) is not null) over whole as last_known
    from day
    window
        whole as (partition by series_id),
        upto as (partition by series_id order by since)
)

select
    seen.series_id,
    seen.since,
    seen.is_whole,
    seen.last_known,
    seen.known,
    seen.open_days,
    seen.usual_days,
    case
        when seen.is_refused then null
        when seen.open_days = 0 then seen.known
        when seen.open_usual is null then null
        when seen.is_stock then seen.known + seen.open_usual + moved.value
        else seen.known + greatest(seen.open_usual + moved.value, 0)
    end as value,
    -- a part of a week may be as good as the best whole one, or bring nothing
    seen.known + least(extreme.worst * weeks.whole, extreme.worst * weeks.begun) as least,
    seen.known + greatest(extreme.best * weeks.whole, extreme.best * weeks.begun) as most
from seen
cross join lateral (values (seen.open_days * seen.difference / (seen.usual_days + 7))) as moved (value)
cross join lateral (values (seen.open_days / 7, (seen.open_days + 6) / 7)) as weeks (whole, begun)
left join extreme on seen.series_id = extreme.series_id;

analyze outlook
