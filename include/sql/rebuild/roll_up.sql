-- The days that are left: flows are summed to weeks and months (followers_average: their mean), and all of a month are
-- put together: a second source of the same number would break that, and with it the whole rebuild. Days that no source
-- has answered for leave a partial sum. A day that was answered for without a number leaves none: its reason is the
-- period's. Of several reasons the most telling stands: no_access, not_applicable, source_missing, which is also their
-- alphabet.
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_derived, is_late, is_flagged
)
with summed as (
    select
        day.client,
        day.network,
        day.measure,
        case grouping(day.week) when 0 then 'week' else 'month' end as grain,
        coalesce(day.week, day.month) as period,
        case day.measure when 'followers_average' then avg(day.value) else sum(day.value) end as value,
        count(day.value) as known_days,
        min(day.reason) filter (where day.reason != 'source_missing') as reason,
        bool_or(day.is_derived) as is_derived,
        bool_or(day.is_late) as is_late,
        bool_or(day.is_flagged) as is_flagged
    from day_cell as day
    inner join catalogue.measure as measure on day.measure = measure.measure
    where measure.kind = 'flow' or measure.measure = 'followers_average'
    group by
        grouping sets (
            (day.client, day.network, day.measure, day.week), (day.client, day.network, day.measure, day.month)
        )
    having
        coalesce(day.week, day.month) is not null
        and (grouping(day.week) = 0 or bool_and(day.is_kept)) -- the days of a month are kept together, or not
)

select
    summed.client,
    summed.network,
    summed.measure,
    summed.grain,
    summed.period,
    case when summed.reason is null then summed.value end as value,
    case when summed.value is null then coalesce(summed.reason, 'source_missing') else summed.reason end as reason,
    summed.known_days::numeric / marts.days(summed.grain, summed.period) as completeness,
    summed.is_derived,
    summed.is_late,
    summed.is_flagged
from summed
left join listed
    on
        summed.client = listed.client
        and summed.network = listed.network
        and summed.measure = listed.measure
        and summed.grain = listed.grain
        and summed.period = listed.period
        and listed.grain = 'month'
where listed.client is null;

insert into daily (
    client, network, measure, month, first_day, numbers, reasons, is_derived, is_late, is_flagged
)
select
    client,
    network,
    measure,
    month,
    case when count(*) = max(day) - min(day) + 1 then min(day) end as first_day, -- every day once
    array_agg(value order by day) as numbers,
    case when count(value) < count(*) then array_agg(reason order by day) end as reasons,
    case when bool_or(is_derived) then array_agg(is_derived order by day) end as is_derived,
    case when bool_or(is_late) then array_agg(is_late order by day) end as is_late,
    case when bool_or(is_flagged) then array_agg(is_flagged order by day) end as is_flagged
from day_cell
where is_kept and month is not null
group by client, network, measure, month;

-- else the planner expects too few cells, and sorts them to add up the networks
analyze cell (client, network, measure, grain, period);
analyze daily (client, network, measure, month)
