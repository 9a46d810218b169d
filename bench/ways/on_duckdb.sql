-- One row per KPI x network x day, week or month, as in marts.kpi.
create table kpi as
with place as (
    select distinct client, network
    from measure
),

slot as (
    select cell.*, formula.*, coalesce(formula.only_network, cell.network) as place
    from measure as cell
    inner join formula on cell.measure = formula.measure
    where not formula.is_everywhere and (formula.network_pin is null or cell.network = formula.network_pin)
    union all
    select cell.*, formula.*, place.network as place
    from measure as cell
    inner join formula on cell.measure = formula.measure and cell.network = formula.network_pin
    inner join place on cell.client = place.client
    where formula.is_everywhere
),

summed as (
    select
        client,
        place as network,
        kpi,
        grain,
        period,
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
    group by client, place, kpi, grain, period
    having count(*) = max(terms)
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
