-- Every KPI of the rebuilt periods: sum of coefficient x value over its numerator's terms, divided by the same over its
-- denominator's. A KPI stands where all its terms have a cell, the pinned ones at their network; one of pinned terms
-- only stands at its default network. Unknown as soon as one term is, with the most telling reason (the alphabet's
-- first: no_access, not_applicable, source_missing). Quotients have at least 16 significant digits, and nothing is
-- rounded here.
delete from marts.kpi as old
using slice_period
where slice_period.client = old.client and slice_period.grain = old.grain and slice_period.period = old.period;

insert into marts.kpi (
    client, network, kpi, grain, period, value, numerator, denominator, completeness, reason,
    is_derived, is_late, is_flagged
)
with anchor as ( -- the term whose cells tell where the KPI may stand
    select distinct on (term.kpi)
        term.kpi,
        term.measure,
        term.network_pin,
        kpi.default_network
    from catalogue.term as term
    inner join catalogue.kpi as kpi on term.kpi = kpi.kpi
    order by term.kpi, term.network_pin is not null, term.side, term.measure
),

slot as (
    select
        measure.client,
        case when anchor.network_pin is null then measure.network else anchor.default_network end as network,
        anchor.kpi,
        measure.grain,
        measure.period
    from slice_period
    inner join marts.measure as measure
        on
            slice_period.client = measure.client
            and slice_period.grain = measure.grain
            and slice_period.period = measure.period
    inner join anchor
        on
            measure.measure = anchor.measure
            and measure.network = coalesce(anchor.network_pin, measure.network)
    where anchor.network_pin is null or anchor.default_network is not null
),

summed as (
    select
        slot.client,
        slot.network,
        slot.kpi,
        slot.grain,
        slot.period,
        case
            when bool_and(measure.value is not null) filter (where term.side = 'numerator')
                then sum(term.coefficient * measure.value) filter (where term.side = 'numerator')
        end as numerator,
        case
            when bool_and(measure.value is not null) filter (where term.side = 'denominator')
                then sum(term.coefficient * measure.value) filter (where term.side = 'denominator')
        end as denominator,
        bool_or(term.side = 'denominator') as is_ratio,
        min(measure.completeness) as completeness,
        min(measure.reason) as reason,
        bool_or(measure.is_derived) as is_derived,
        bool_or(measure.is_late) as is_late,
        bool_or(measure.is_flagged) as is_flagged
    from slot
    inner join catalogue.term as term on slot.kpi = term.kpi
    left join marts.measure as measure
        on
            slot.client = measure.client
            and slot.grain = measure.grain
            and slot.period = measure.period
            and measure.network = coalesce(term.network_pin, slot.network)
            and term.measure = measure.measure
    group by slot.client, slot.network, slot.kpi, slot.grain, slot.period
    having count(measure.client) = count(*)
)

select
    client,
    network,
    kpi,
    grain,
    period,
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
