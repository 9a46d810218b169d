-- `all`: the social networks together, wherever each of them has a cell. People are never added up, because one may be
-- counted in two networks. Unknown as soon as one network is, with the most telling reason (the alphabet's first).
-- Where one network has months only, the days and weeks of the others are no whole, and `all` has months only too.

-- one row per measure whose months alone are added up
create temporary table monthly on commit drop as
select distinct
    listed_measure.client,
    listed_measure.measure
from listed_measure
inner join social on listed_measure.client = social.client and listed_measure.network = social.network
where not listed_measure.is_daily;

analyze monthly;

insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_derived, is_late, is_flagged
)
select
    cell.client,
    'all' as network,
    cell.measure,
    cell.grain,
    cell.period,
    case when count(cell.value) = count(*) then sum(cell.value) end as value,
    min(cell.reason) as reason,
    min(cell.completeness) as completeness,
    bool_or(cell.is_derived) as is_derived,
    bool_or(cell.is_late) as is_late,
    bool_or(cell.is_flagged) as is_flagged
from cell
inner join social on cell.client = social.client and cell.network = social.network
inner join catalogue.measure as measure on cell.measure = measure.measure
left join monthly on cell.client = monthly.client and cell.measure = monthly.measure
where measure.kind != 'unique' and (cell.grain = 'month' or monthly.client is null)
group by cell.client, cell.measure, cell.grain, cell.period;

-- one row per network's month of days that is one of several, or the only one, to be added up
create temporary table part_of_all on commit drop as
select
    daily.client,
    daily.measure,
    daily.month,
    daily.first_day,
    daily.numbers,
    daily.reasons,
    daily.is_derived,
    daily.is_late,
    daily.is_flagged,
    dense_rank() over (order by daily.client, daily.month, daily.measure) as number,
    count(*) over (partition by daily.client, daily.month, daily.measure) as parts
from daily
inner join social on daily.client = social.client and daily.network = social.network
inner join catalogue.measure as measure on daily.measure = measure.measure
left join monthly on daily.client = monthly.client and daily.measure = monthly.measure
where measure.kind != 'unique' and monthly.client is null;

insert into daily (
    client, network, measure, month, first_day, numbers, reasons, is_derived, is_late, is_flagged
)
with summed as (
    select
        part.number,
        part.first_day + day.nth::integer - 1 as day,
        case when count(day.value) = count(*) then sum(day.value) end as value,
        min(day.reason) as reason,
        coalesce(bool_or(day.is_derived), false) as is_derived,
        coalesce(bool_or(day.is_late), false) as is_late,
        coalesce(bool_or(day.is_flagged), false) as is_flagged
    from part_of_all as part
    cross join
        lateral unnest(
            part.numbers, part.reasons, part.is_derived, part.is_late, part.is_flagged
        ) with ordinality as day (value, reason, is_derived, is_late, is_flagged, nth)
    where part.parts > 1
    group by part.number, part.first_day + day.nth::integer - 1
),

packed as (
    select
        number,
        case when count(*) = max(day) - min(day) + 1 then min(day) end as first_day, -- every day once
        array_agg(value order by day) as numbers,
        case when count(value) < count(*) then array_agg(reason order by day) end as reasons,
        case when bool_or(is_derived) then array_agg(is_derived order by day) end as is_derived,
        case when bool_or(is_late) then array_agg(is_late order by day) end as is_late,
        case when bool_or(is_flagged) then array_agg(is_flagged order by day) end as is_flagged
    from summed
    group by number
),

place as (
    select distinct
        number,
        client,
        measure,
        month
    from part_of_all
    where parts > 1
)

select
    place.client,
    'all' as network,
    place.measure,
    place.month,
    packed.first_day,
    packed.numbers,
    packed.reasons,
    packed.is_derived,
    packed.is_late,
    packed.is_flagged
from packed
inner join place on packed.number = place.number
union all
select
    client,
    'all' as network,
    measure,
    month,
    first_day,
    numbers,
    reasons,
    is_derived,
    is_late,
    is_flagged
from part_of_all
where parts = 1
