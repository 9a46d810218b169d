-- A part of the leads that the client counts and no source gives is awaited, so that the leads are not known without.
insert into cell (client, network, measure, grain, period, value, reason, completeness)
with given as (
    select distinct
        client,
        measure,
        period
    from cell
    where grain = 'month'
)

select
    part.client,
    'all' as network,
    part.part,
    slice_period.grain,
    slice_period.period,
    null as value,
    'source_missing' as reason,
    0 as completeness
from core.lead_part as part
inner join slice_period on part.client = slice_period.client and slice_period.grain = 'month'
left join given on part.client = given.client and part.part = given.measure and slice_period.period = given.period
where slice_period.through_day is not null and given.client is null;

-- Leads: the declared parts together, wherever each of them has a cell. What is written to a page of a
-- network counts at that network, and no other one waits for it.

-- one row per network and declared part that its leads consist of
create temporary table lead_part on commit drop as
with declared as (
    select
        part.client,
        part.part,
        named.network as only_network
    from core.lead_part as part
    left join core.client_source as named
        on
            part.client = named.client
            and part.source = named.network
            and exists (
                select from catalogue.given as given
                where given.source = named.source and given.networks = 'own' and given.lead_part = part.part
            )
),

place as (
    select
        client,
        network
    from cell
    where measure in (select declared.part from declared)
    union
    select
        client,
        network
    from daily
    where measure in (select declared.part from declared)
)

select
    place.client,
    place.network,
    declared.part,
    count(*) over (partition by place.client, place.network) as parts
from place
inner join declared
    on
        place.client = declared.client
        and (declared.only_network is null or place.network in (declared.only_network, 'all'));

analyze lead_part;

insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_derived, is_late, is_flagged
)
select
    cell.client,
    cell.network,
    'leads' as measure,
    cell.grain,
    cell.period,
    case when count(cell.value) = count(*) then sum(cell.value) end as value,
    min(cell.reason) as reason,
    min(cell.completeness) as completeness,
    bool_or(cell.is_derived) as is_derived,
    bool_or(cell.is_late) as is_late,
    bool_or(cell.is_flagged) as is_flagged
from cell
inner join lead_part as part
    on cell.client = part.client and cell.network = part.network and cell.measure = part.part
group by cell.client, cell.network, cell.grain, cell.period, part.parts
having count(*) = part.parts;

insert into daily (
    client, network, measure, month, first_day, numbers, reasons, is_derived, is_late, is_flagged
)
with summed as (
    select
        daily.client,
        daily.network,
        daily.month,
        daily.first_day + day.nth::integer - 1 as day,
        case when count(day.value) = count(*) then sum(day.value) end as value,
        min(day.reason) as reason,
        coalesce(bool_or(day.is_derived), false) as is_derived,
        coalesce(bool_or(day.is_late), false) as is_late,
        coalesce(bool_or(day.is_flagged), false) as is_flagged
    from daily
    inner join lead_part as part
        on daily.client = part.client and daily.network = part.network and daily.measure = part.part
    cross join
        lateral unnest(
            daily.numbers, daily.reasons, daily.is_derived, daily.is_late, daily.is_flagged
        ) with ordinality as day (value, reason, is_derived, is_late, is_flagged, nth)
    group by daily.client, daily.network, daily.month, daily.first_day + day.nth::integer - 1, part.parts
    having count(*) = part.parts
)

select
    client,
    network,
    'leads' as measure,
    month,
    case when count(*) = max(day) - min(day) + 1 then min(day) end as first_day, -- every day once
    array_agg(value order by day) as numbers,
    case when count(value) < count(*) then array_agg(reason order by day) end as reasons,
    case when bool_or(is_derived) then array_agg(is_derived order by day) end as is_derived,
    case when bool_or(is_late) then array_agg(is_late order by day) end as is_late,
    case when bool_or(is_flagged) then array_agg(is_flagged order by day) end as is_flagged
from summed
group by client, network, month
