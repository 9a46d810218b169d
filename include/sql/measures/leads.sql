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

-- Leads: the declared parts together, wherever each of them has a cell. What is written to a community of VK counts at
-- that network, and no other one waits for it.
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_derived, is_late, is_flagged
)
with declared as (
    select
        part.client,
        part.part,
        named.network as only_network
    from core.lead_part as part
    left join core.client_network as named
        on part.client = named.client and part.source = named.network and named.source = 'vk'
),

place as (
    select distinct
        client,
        network
    from cell
    where is_kept and measure in (select declared.part from declared)
),

awaited as (
    select
        place.client,
        place.network,
        declared.part,
        count(*) over (partition by place.client, place.network) as parts
    from place
    inner join declared
        on
            place.client = declared.client
            and (declared.only_network is null or place.network in (declared.only_network, 'all'))
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
inner join awaited
    on cell.client = awaited.client and cell.network = awaited.network and cell.measure = awaited.part
where cell.is_kept
group by cell.client, cell.network, cell.grain, cell.period, awaited.parts
having count(*) = awaited.parts
