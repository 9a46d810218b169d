-- Every KPI of the periods with a changed cell: sum of coefficient x value over its numerator's terms, divided by the
-- same over its denominator's. A KPI stands where all its terms have a cell, the pinned ones at their network (one of
-- pinned terms only: at its default network). Unknown as soon as one term is, with the most telling reason (the
-- alphabet's first: no_access, not_applicable, source_missing). Quotients have at least 16 significant digits, and
-- nothing is rounded.
delete from marts.kpi as old
using changed
where changed.client = old.client and changed.grain = old.grain and changed.period = old.period;

insert into marts.kpi (
    client, network, kpi, grain, period, value, numerator, denominator, completeness, reason,
    is_derived, is_late, is_flagged
)
with anchor as ( -- the term of each KPI whose cells tell where it may stand
    select distinct on (kpi)
        kpi,
        measure,
        network_pin
    from catalogue.term
    order by kpi, network_pin is not null, side, measure
),

formula as materialized (
    select
        term.*,
        anchor.measure as anchor_measure,
        anchor.network_pin as anchor_pin,
        kpi.default_network
    from anchor
    inner join catalogue.kpi as kpi on anchor.kpi = kpi.kpi
    inner join catalogue.term as term on anchor.kpi = term.kpi
    where anchor.network_pin is null or kpi.default_network is not null
),

period as ( -- in the order of the primary key, as then are the rows written
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
    with measure as materialized (
        select cell.*
        from marts.measure as cell
        where cell.client = period.client and cell.grain = period.grain and cell.period = period.period
    ),

    slot as (
        select
            formula.*,
            coalesce(formula.network_pin, place.network) as term_network,
            place.network
        from measure as standing
        inner join formula
            on
                standing.measure = formula.anchor_measure
                and (formula.anchor_pin is null or standing.network = formula.anchor_pin)
        cross join lateral (
            select case when formula.anchor_pin is null then standing.network else formula.default_network end
        ) as place (network)
    )

    select
        slot.network,
        slot.kpi,
        case
            when bool_and(measure.value is not null) filter (where slot.side = 'numerator')
                then sum(slot.coefficient * measure.value) filter (where slot.side = 'numerator')
        end as numerator,
        case
            when bool_and(measure.value is not null) filter (where slot.side = 'denominator')
                then sum(slot.coefficient * measure.value) filter (where slot.side = 'denominator')
        end as denominator,
        bool_or(slot.side = 'denominator') as is_ratio,
        min(measure.completeness) as completeness,
        min(measure.reason) as reason,
        bool_or(measure.is_derived) as is_derived,
        bool_or(measure.is_late) as is_late,
        bool_or(measure.is_flagged) as is_flagged
    from slot
    left join measure on slot.term_network = measure.network and slot.measure = measure.measure
    group by slot.network, slot.kpi
    having count(measure.client) = count(*)
) as summed
