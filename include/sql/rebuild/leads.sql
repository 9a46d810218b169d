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
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_derived, is_late, is_flagged
)
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

counted as materialized ( -- all cells are read once
    select *
    from cell
    where is_kept and measure in (select declared.part from declared)
),

place as (
    select distinct
        client,
        network
    from counted
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
    counted.client,
    counted.network,
    'leads' as measure,
    counted.grain,
    counted.period,
    case when count(counted.value) = count(*) then sum(counted.value) end as value,
    min(counted.reason) as reason,
    min(counted.completeness) as completeness,
    bool_or(counted.is_derived) as is_derived,
    bool_or(counted.is_late) as is_late,
    bool_or(counted.is_flagged) as is_flagged
from counted
inner join awaited
    on counted.client = awaited.client and counted.network = awaited.network and counted.measure = awaited.part
group by counted.client, counted.network, counted.grain, counted.period, awaited.parts
having count(*) = awaited.parts
