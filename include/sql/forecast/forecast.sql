-- How the running month of the clients asked for would end, as seen at the end of each of its days: one row per target
-- and day, up to the last day on which all that the target rests on is known. A month that is over keeps its rows.
-- Flows add up, stocks go on from their last count, a ratio is that of its sides' ends.

-- one row per target and term: its series, or its number of the whole month
create temporary table forecast_part on commit drop as
with told as (
    select
        term.target_id,
        term.side,
        term.coefficient,
        term.is_stock,
        term.may_be_negative,
        outlook.series_id,
        outlook.last_known,
        month.value as month_value,
        outlook.series_id is null
        or (month.client is not null and not outlook.is_whole and not term.is_stock) as is_given
    from forecast_term as term
    left join series
        on
            term.client = series.client
            and term.network = series.network
            and term.measure = series.measure
            and not term.is_opening
    left join outlook
        on series.series_id = outlook.series_id and outlook.since = 0 and outlook.last_known is not null
    left join marts.measure_periods as month
        on
            term.client = month.client
            and month.grain = 'month'
            and month.period = %(month)s
            and term.network = month.network
            and term.measure = month.measure
            and (term.is_opening or month.completeness = 1)
)

select
    *,
    count(*) over daily as parts,
    min(last_known) over daily as last_day
from told
window daily as (partition by target_id, is_given);

analyze forecast_part;

delete from marts.forecast as old
using core.client as client
where
    old.client = any(%(clients)s)
    and old.month = %(month)s
    and old.client = client.client
    and (%(as_of)s::timestamptz at time zone client.time_zone)::date
    between %(month)s::date and (%(month)s::date + interval '1 month')::date + 2;

insert into marts.forecast (client, month, network, kpi, day, value, low, high, least, most)
with given as ( -- what is known of the whole month at once: numbers of it, the followers it opened with
    select
        target_id,
        coalesce(sum(coefficient * month_value) filter (where side = 'numerator'), 0) as numerator,
        coalesce(sum(coefficient * month_value) filter (where side = 'denominator'), 0) as denominator,
        count(month_value) = count(*) as is_known
    from forecast_part
    where is_given
    group by target_id
),

expected as (
    select
        part.target_id,
        outlook.since,
        part.side = 'numerator' as is_top,
        part.coefficient * outlook.value as value,
        part.coefficient * outlook.known as known,
        part.coefficient * case when part.coefficient > 0 then outlook.least else outlook.most end as least,
        part.coefficient * case when part.coefficient > 0 then outlook.most else outlook.least end as most,
        not part.is_stock and not part.may_be_negative and part.coefficient > 0 as only_rises,
        outlook.open_days,
        outlook.usual_days
    from forecast_part as part
    inner join outlook on part.series_id = outlook.series_id and part.last_day >= outlook.since
    where not part.is_given
),

ending as (
    select
        target_id,
        since,
        coalesce(sum(value) filter (where is_top), 0) as numerator,
        coalesce(sum(value) filter (where not is_top), 0) as denominator,
        sum(known) as known,
        sum(least) as least,
        sum(most) as most,
        count(value) = count(*) as is_known,
        count(least) = count(*) as has_bounds,
        bool_and(is_top) as is_of_days, -- the other side is given, if there is one
        bool_and(only_rises) as only_rises,
        max(open_days) as open_days,
        min(usual_days) as usual_days
    from expected
    group by target_id, since
),

term_week as (
    select
        part.target_id,
        part.parts,
        week.week,
        part.side = 'numerator' as is_top,
        part.coefficient * week.value as value
    from forecast_part as part
    inner join usual_week as week on part.series_id = week.series_id
    where not part.is_given
),

week as (
    select
        target_id,
        coalesce(sum(value) filter (where is_top), 0) as numerator,
        coalesce(sum(value) filter (where not is_top), 0) as denominator
    from term_week
    group by target_id, week, parts
    having count(*) = parts
),

moment as (
    select
        target_id,
        count(*) as weeks,
        sum(numerator) as tops,
        sum(denominator) as bottoms,
        sum(numerator * numerator) as top_squares,
        sum(denominator * denominator) as bottom_squares,
        sum(numerator * denominator) as products
    from week
    group by target_id
    having count(*) >= 4
),

spread as ( -- variances and covariance of the weeks
    select
        target_id,
        ((top_squares - tops * tops / weeks) / (weeks - 1))::double precision as of_top,
        ((bottom_squares - bottoms * bottoms / weeks) / (weeks - 1))::double precision as of_bottom,
        ((products - tops * bottoms / weeks) / (weeks - 1))::double precision as of_both
    from moment
),

side as (
    select
        target.client,
        target.network,
        target.kpi,
        ending.*,
        spread.of_top,
        spread.of_bottom,
        spread.of_both,
        coalesce(given.numerator, 0) as given,
        case
            when ending.is_known and given.is_known is not false
                then ending.numerator + coalesce(given.numerator, 0)
        end as top,
        case
            when target.is_ratio then nullif(ending.denominator + coalesce(given.denominator, 0), 0)
            else 1
        end as bottom
    from forecast_target as target
    inner join ending on target.target_id = ending.target_id
    left join given on target.target_id = given.target_id
    left join spread on target.target_id = spread.target_id
),

ended as materialized ( -- each computed once
    select
        *,
        top / bottom as value,
        (top / bottom)::double precision as likely,
        case
            when not only_rises then null
            when is_of_days then (known + given) / bottom
            else 0
        end as floor
    from side
),

-- weeks to come differ as weeks did, and the level seen so far is that of a few; 1.36 is Student's t for 13 weeks
erring as materialized (
    select
        *,
        case
            when value is null then null
            when open_days = 0 then 0
            else
                1.36 / abs(bottom)::double precision * sqrt(
                    greatest(of_top - 2 * likely * of_both + likely * likely * of_bottom, 0)
                    * open_days / 7 * (1 + open_days / (usual_days + 7.0::double precision))
                )
        end::numeric as error,
        value is not null and is_of_days and has_bounds and bottom > 0 as is_bounded
    from ended
)

select
    client,
    %(month)s,
    network,
    kpi,
    %(month)s::date + since as day,
    value,
    case when error is not null then greatest(value - error, floor) end as low,
    value + error as high,
    case when is_bounded then (least + given) / bottom end as least,
    case when is_bounded then (most + given) / bottom end as most
from erring;

drop table forecast_target, forecast_term, series, series_day, usual_week, outlook, forecast_part
