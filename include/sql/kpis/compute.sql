-- Every KPI of the weeks and months with a changed cell; those of days are computed when they are read (marts.kpi_days).
-- Sum of coefficient x value over its numerator's terms, divided by the same over its denominator's. A KPI stands where
-- all its terms have a cell, the pinned ones at their network (one of pinned terms only: at its default network).
-- Unknown as soon as one term is, with the most telling reason (the alphabet's first: no_access, not_applicable,
-- source_missing). Quotients have at least 16 significant digits, and nothing is rounded. A row that stays as it is is
-- not touched.

-- one row per term; a pinned term beside others that are not counts at every network, with a row for each
create temporary table formula on commit drop as
with place as (
    select distinct network
    from cell
    where exists (select from catalogue.formula as formula where formula.is_everywhere)
)

select
    formula.kpi,
    formula.side,
    formula.network_pin,
    formula.measure,
    formula.coefficient,
    formula.terms,
    formula.is_ratio,
    coalesce(place.network, formula.only_network) as only_network -- where it counts, if not where its cell is
from catalogue.formula as formula
left join place on formula.is_everywhere;

analyze formula;

-- one row per old KPI that does not stay, of which only the `place` is told, and one per new one
create temporary table kpi_difference on commit drop as
with slot as (
    select
        changed.client,
        changed.number,
        coalesce(formula.only_network, cell.network) as network,
        formula.kpi,
        formula.side,
        formula.coefficient,
        formula.terms,
        formula.is_ratio,
        cell.value,
        cell.reason,
        cell.completeness,
        cell.is_derived,
        cell.is_late,
        cell.is_flagged
    from changed
    inner join marts.measure_periods as cell
        on changed.client = cell.client and changed.grain = cell.grain and changed.period = cell.period
    inner join formula
        on
            cell.measure = formula.measure
            and (formula.network_pin is null or cell.network = formula.network_pin)
),

summed as (
    select
        client,
        number,
        network,
        kpi,
        bool_or(is_ratio) as is_ratio,
        case
            when bool_and(value is not null) filter (where side = 'numerator')
                then sum(coefficient * value) filter (where side = 'numerator')
        end as numerator,
        case
            when bool_and(value is not null) filter (where side = 'denominator')
                then sum(coefficient * value) filter (where side = 'denominator')
        end as denominator,
        min(completeness) as completeness,
        min(reason) as reason,
        bool_or(is_derived) as is_derived,
        bool_or(is_late) as is_late,
        bool_or(is_flagged) as is_flagged
    from slot
    group by client, number, network, kpi
    having count(*) = max(terms)
),

new as (
    select
        client,
        number,
        network,
        kpi,
        case
            when reason is not null then null
            when is_ratio then numerator / nullif(denominator, 0)
            else numerator
        end as value,
        numerator,
        denominator,
        completeness,
        coalesce(reason, case when denominator = 0 then 'zero_denominator' end) as reason,
        is_derived,
        is_late,
        is_flagged
    from summed
),

old as (
    select
        changed.client,
        changed.number,
        kpi.ctid as place,
        kpi.network,
        kpi.kpi,
        kpi.value,
        kpi.numerator,
        kpi.denominator,
        kpi.completeness,
        kpi.reason,
        kpi.is_derived,
        kpi.is_late,
        kpi.is_flagged
    from changed
    inner join marts.kpi_periods as kpi
        on changed.client = kpi.client and changed.grain = kpi.grain and changed.period = kpi.period
)

select
    old.place,
    coalesce(new.client, old.client) as client,
    coalesce(new.number, old.number) as number,
    new.network,
    new.kpi,
    new.value,
    new.numerator,
    new.denominator,
    new.completeness,
    new.reason,
    new.is_derived,
    new.is_late,
    new.is_flagged
from new
full join old
    on
        new.number = old.number
        and new.network = old.network
        and new.kpi = old.kpi
        and (
            new.value, new.numerator, new.denominator, new.completeness, new.reason,
            new.is_derived, new.is_late, new.is_flagged
        )
        is not distinct from
        (
            old.value, old.numerator, old.denominator, old.completeness, old.reason,
            old.is_derived, old.is_late, old.is_flagged
        )
where new.kpi is null or old.kpi is null;

analyze kpi_difference (place, number);

delete from marts.kpi_periods as old
using kpi_difference
where kpi_difference.place = old.ctid and kpi_difference.client = old.client;

insert into marts.kpi_periods (
    client, network, kpi, grain, period, value, numerator, denominator, completeness, reason,
    is_derived, is_late, is_flagged
)
select
    kpi.client,
    kpi.network,
    kpi.kpi,
    changed.grain,
    changed.period,
    kpi.value,
    kpi.numerator,
    kpi.denominator,
    kpi.completeness,
    kpi.reason,
    kpi.is_derived,
    kpi.is_late,
    kpi.is_flagged
from kpi_difference as kpi
inner join changed on kpi.number = changed.number
where kpi.place is null
order by kpi.number; -- as the primary key has them
