-- Flows of days summed to weeks and months (followers_average: their mean). Days that no source has answered for leave
-- a partial sum. A day that was answered for without a number leaves none: its reason is the period's. Of several
-- reasons the most telling stands: no_access, not_applicable, source_missing, which is also their alphabet.
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_derived, is_late, is_flagged
)
with day_cell as (
    select cell.*
    from cell
    inner join catalogue.measure as measure on cell.measure = measure.measure
    where cell.grain = 'day' and (measure.kind = 'flow' or measure.measure = 'followers_average')
),

summed as (
    select
        client,
        network,
        measure,
        case grouping(week) when 0 then 'week' else 'month' end as grain,
        coalesce(week, month) as period,
        case grouping(week) when 0 then 7 else (month + interval '1 month')::date - month end as days,
        case measure when 'followers_average' then avg(value) else sum(value) end as value,
        count(value) as known_days,
        min(reason) filter (where reason != 'source_missing') as reason,
        bool_or(is_derived) as is_derived,
        bool_or(is_late) as is_late,
        bool_or(is_flagged) as is_flagged
    from day_cell
    group by grouping sets ((client, network, measure, week), (client, network, measure, month))
    having grouping(week) = 0 or bool_and(is_kept) -- the days of a month are kept together, or not
)

select
    summed.client,
    summed.network,
    summed.measure,
    summed.grain,
    summed.period,
    case when summed.reason is null then summed.value end as value,
    case when summed.value is null then coalesce(summed.reason, 'source_missing') else summed.reason end as reason,
    summed.known_days::numeric / summed.days as completeness,
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

-- else the planner expects too few cells, and sorts them to add up the networks
analyze cell (client, network, measure, grain, period)
