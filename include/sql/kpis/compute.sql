-- Every KPI of the periods with a changed cell: sum of coefficient x value over its numerator's terms, divided by the
-- same over its denominator's. A KPI stands where all its terms have a cell, the pinned ones at their network (one of
-- pinned terms only: at its default network). Unknown as soon as one term is, with the most telling reason (the
-- alphabet's first: no_access, not_applicable, source_missing). Quotients have at least 16 significant digits, and
-- nothing is rounded.
delete from marts.kpi as old
using changed
where changed.client = old.client and changed.grain = old.grain and changed.period = old.period;

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

insert into marts.kpi (
    client, network, kpi, grain, period, value, numerator, denominator, completeness, reason,
    is_derived, is_late, is_flagged
)
with period as ( -- in the order of the primary key, as then are the rows written
    select distinct
        client,
        grain,
        period
    from changed
    order by client, grain, period
)

select
    period.client,
    summed.network,
    summed.kpi,
    period.grain,
    period.period,
    case
        when summed.reason is not null then null
        when summed.is_ratio then summed.numerator / nullif(summed.denominator, 0)
        else summed.numerator
    end as value,
    summed.numerator,
    summed.denominator,
    summed.completeness,
    coalesce(summed.reason, case when summed.denominator = 0 then 'zero_denominator' end) as reason,
    summed.is_derived,
    summed.is_late,
    summed.is_flagged
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
    )

    select
        network,
        kpi,
        is_ratio,
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
    group by network, kpi, is_ratio, terms
    having count(*) = terms
) as summed
