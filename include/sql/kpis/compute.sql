-- Every KPI of the periods with a changed cell: sum of coefficient x value over its numerator's terms, divided by the
-- same over its denominator's. A KPI stands where all its terms have a cell, the pinned ones at their network (one of
-- pinned terms only: at its default network). Unknown as soon as one term is, with the most telling reason (the
-- alphabet's first: no_access, not_applicable, source_missing). Quotients have at least 16 significant digits, and
-- nothing is rounded. A row that stays as it is is not touched.

-- one row per term; a pinned term beside others that are not counts at every network, with a row for each.
-- `only_network` is where it counts, if not at the network of its cell; `terms`, how many the KPI has.
create temporary table formula on commit drop as
with whole as (
    select
        kpi,
        count(*) as terms,
        bool_and(network_pin is not null) as is_pinned,
        bool_or(side = 'denominator') as is_ratio
    from catalogue.term
    group by kpi
),

place as (
    select distinct network
    from cell
)

select
    term.kpi,
    term.side,
    term.network_pin,
    term.measure,
    term.coefficient,
    coalesce(place.network, case when whole.is_pinned then kpi.default_network end) as only_network,
    whole.terms,
    whole.is_ratio
from catalogue.term as term
inner join catalogue.kpi as kpi on term.kpi = kpi.kpi
inner join whole on term.kpi = whole.kpi
left join place on term.network_pin is not null and not whole.is_pinned
where kpi.default_network is not null or not whole.is_pinned;

analyze formula;

-- one row per old KPI that does not stay, of which only the `place` is told, and one per new one
create temporary table kpi_difference on commit drop as
with period as ( -- in the order of the primary key, as then are the rows written
    select *
    from changed
    order by client, grain, period
)

select
    period.client,
    kpi.network,
    kpi.kpi,
    period.grain,
    period.period,
    kpi.value,
    kpi.numerator,
    kpi.denominator,
    kpi.completeness,
    kpi.reason,
    kpi.is_derived,
    kpi.is_late,
    kpi.is_flagged,
    kpi.place
from period
-- period by period, because the sums of a few hundred rows fit in memory and those of all would be sorted on disk
cross join lateral ( -- noqa: ST05
    with slot as (
        select
            formula.*,
            coalesce(formula.only_network, cell.network) as network,
            cell.value,
            cell.reason,
            cell.completeness,
            cell.is_derived,
            cell.is_late,
            cell.is_flagged
        from marts.measure as cell
        inner join formula
            on
                cell.measure = formula.measure
                and (formula.network_pin is null or cell.network = formula.network_pin)
        where cell.client = period.client and cell.grain = period.grain and cell.period = period.period
    ),

    summed as (
        select
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
        group by network, kpi
        having count(*) = max(terms)
    ),

    new as (
        select
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
        from marts.kpi as kpi
        where kpi.client = period.client and kpi.grain = period.grain and kpi.period = period.period
    )

    select
        old.place,
        new.*
    from new
    full join old
        on
            new.network = old.network
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
    where new.kpi is null or old.kpi is null
) as kpi;

analyze kpi_difference (place);

delete from marts.kpi as old
using kpi_difference
where kpi_difference.place = old.ctid and kpi_difference.client = old.client;

insert into marts.kpi (
    client, network, kpi, grain, period, value, numerator, denominator, completeness, reason,
    is_derived, is_late, is_flagged
)
select
    client,
    network,
    kpi,
    grain,
    period,
    value,
    numerator,
    denominator,
    completeness,
    reason,
    is_derived,
    is_late,
    is_flagged
from kpi_difference
where place is null
