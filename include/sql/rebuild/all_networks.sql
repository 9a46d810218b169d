-- `all`: the social networks together, wherever each of them has a cell. People are never added up, because one may be
-- counted in two networks. Unknown as soon as one network is, with the most telling reason (the alphabet's first).
-- Where one network has months only, the days and weeks of the others are no whole, and `all` has months only too.
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_derived, is_late, is_flagged
)
with monthly as (
    select distinct
        listed_measure.client,
        listed_measure.measure
    from listed_measure
    inner join social on listed_measure.client = social.client and listed_measure.network = social.network
    where not listed_measure.is_daily
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
where cell.is_kept and measure.kind != 'unique' and (cell.grain = 'month' or monthly.client is null)
group by cell.client, cell.measure, cell.grain, cell.period
