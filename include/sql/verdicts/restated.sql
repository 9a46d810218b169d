-- How far restatement may still move what is judged provisionally: one row per row of `asked` between its 4th and its
-- 14th day. Learned from the client's 12 months before: a KPI as its measures made it after as many days, against what
-- they made of it on the 14th; the farthest that one of these months has moved, as a share of where it came to.
-- Only months count that were known so early (a load that reached their last day had been published by then), and
-- three of them at least: else it is null, not known yet.

-- one row per client and earlier month that was known then
create temporary table observed on commit drop as
with judged as (
    select distinct
        client,
        month,
        time_zone,
        today - month_after as age
    from asked
    where not is_running and not is_final
),

earlier as (
    select
        judged.client,
        months.month::date as month,
        (months.month + interval '1 month')::date as month_after,
        (months.month + make_interval(months => 1, days => judged.age)) at time zone judged.time_zone as then_at,
        (months.month + make_interval(months => 1, days => 13)) at time zone judged.time_zone as final_at
    from judged
    cross join lateral generate_series(
        judged.month - interval '12 months', judged.month - interval '1 month', interval '1 month'
    ) as months (month)
)

select *
from earlier
where
    exists (
        select from core.load as load
        where
            load.client = earlier.client
            and load.state = 'published'
            and load.last_day >= earlier.month_after - 1
            and load.finished_at < earlier.then_at
    );

analyze observed;

-- one row per measure and such month that was replaced since. A value stood until it was replaced: the first one that
-- was, is the one of then, and the first one that was after the 14th, the one of the 14th.
create temporary table replaced on commit drop as
select
    observed.client,
    observed.month,
    history.network,
    history.measure,
    bool_or(history.replaced_at < observed.final_at) as has_moved,
    bool_or(history.replaced_at >= observed.final_at) as has_changed,
    (array_agg(history.value order by history.replaced_at))[1] as then_value,
    (
        array_agg(history.value order by history.replaced_at)
        filter (where history.replaced_at >= observed.final_at)
    )[1] as final_value
from observed
inner join marts.measure_history as history
    on
        observed.client = history.client
        and history.grain = 'month'
        and observed.month = history.period
        and history.replaced_at >= observed.then_at
group by observed.client, observed.month, history.network, history.measure;

analyze replaced;

create temporary table restated on commit drop as
with touched as ( -- the KPIs that are made of a measure that moved
    select distinct
        asked.client,
        asked.network,
        asked.kpi,
        replaced.month
    from asked
    inner join catalogue.term as term on asked.kpi = term.kpi
    inner join replaced
        on
            asked.client = replaced.client
            and term.measure = replaced.measure
            and coalesce(term.network_pin, asked.network) = replaced.network
            and replaced.has_moved
    where not asked.is_running and not asked.is_final
),

term as (
    select
        touched.*,
        term.side,
        term.coefficient,
        case when replaced.client is null then cell.value else replaced.then_value end as then_value,
        case when replaced.has_changed then replaced.final_value else cell.value end as final_value
    from touched
    inner join catalogue.term as term on touched.kpi = term.kpi
    left join marts.measure_periods as cell
        on
            touched.client = cell.client
            and cell.grain = 'month'
            and touched.month = cell.period
            and coalesce(term.network_pin, touched.network) = cell.network
            and term.measure = cell.measure
    left join replaced
        on
            touched.client = replaced.client
            and touched.month = replaced.month
            and coalesce(term.network_pin, touched.network) = replaced.network
            and term.measure = replaced.measure
),

sums as (
    select
        client,
        network,
        kpi,
        month,
        bool_or(side = 'denominator') as is_ratio,
        bool_and(then_value is not null and final_value is not null) as is_known,
        sum(coefficient * then_value) filter (where side = 'numerator') as then_top,
        sum(coefficient * then_value) filter (where side = 'denominator') as then_bottom,
        sum(coefficient * final_value) filter (where side = 'numerator') as final_top,
        sum(coefficient * final_value) filter (where side = 'denominator') as final_bottom
    from term
    group by client, network, kpi, month
),

kpi as (
    select
        client,
        network,
        kpi,
        case when is_ratio then then_top / nullif(then_bottom, 0) else then_top end as then_value,
        case when is_ratio then final_top / nullif(final_bottom, 0) else final_top end as final_value
    from sums
    where is_known
),

farthest as (
    select
        client,
        network,
        kpi,
        max(abs(final_value - then_value) / abs(nullif(final_value, 0))) as share
    from kpi
    group by client, network, kpi
),

enough as (
    select
        client,
        count(*) as months
    from observed
    group by client
)

select
    asked.client,
    asked.network,
    asked.kpi,
    coalesce(enough.months, 0) as months,
    case when enough.months >= 3 then coalesce(farthest.share, 0) end as tolerance
from asked
left join enough on asked.client = enough.client
left join farthest
    on
        asked.client = farthest.client
        and asked.network = farthest.network
        and asked.kpi = farthest.kpi
where not asked.is_running and not asked.is_final;

analyze restated;
drop table observed, replaced
