-- Why targets are missed, or will be: what the measures of each KPI were and are. One row per split x term, and of a
-- term at `all` one per network beside; leads as the parts that the client counts. NULL = there is no cell.
--
-- Of a month whose days are not all known yet, what its days say is set beside the same days of the reference: those
-- that are known in both months for every term. People are not added up over days: of them there is no row then.
create temporary table why_number on commit drop as
with social as ( -- the networks that `all` is of
    select
        client.client,
        network.network
    from core.client as client
    inner join catalogue.network as network on network.is_social
    union
    select
        client,
        network
    from core.client_network
    where is_social
),

term as materialized (
    select
        split.client,
        split.month,
        split.network,
        split.kpi,
        split.reference_month,
        split.is_by_days,
        term.side,
        term.coefficient,
        coalesce(lead.part, term.measure) as part,
        coalesce(term.network_pin, split.network) as whole_network
    from why_split as split
    inner join catalogue.term as term on split.kpi = term.kpi
    left join core.lead_part as lead on split.client = lead.client and term.measure = 'leads'
    where not split.is_span
),

leaf as materialized (
    select
        term.*,
        cell.network as part_network
    from term
    cross join
        lateral ( -- noqa: ST05
            select distinct measure.network
            from marts.measure_periods as measure
            where
                measure.client = term.client
                and measure.grain = 'month'
                and measure.period = any(array[term.month, term.reference_month])
                and measure.measure = term.part
        ) as cell
    left join social on term.client = social.client and cell.network = social.network
    where term.whole_network in (cell.network, case when social.network is not null then 'all' end)
),

day_number as materialized ( -- the numbers are sorted then, not the arrays
    select
        leaf.*,
        measure.kind,
        days.nth,
        earlier.numbers[leaf.reference_month - earlier.first_day + days.nth + 1] as was,
        this.numbers[leaf.month - this.first_day + days.nth + 1] as now
    from leaf
    inner join catalogue.measure as measure on leaf.part = measure.measure
    -- no day after today is known in both
    cross join
        lateral generate_series(
            0, least(30, (%(as_of)s::timestamptz at time zone 'Pacific/Kiritimati')::date - leaf.month)
        ) as days (nth)
    left join marts.daily as this
        on
            leaf.client = this.client
            and leaf.month = this.month
            and leaf.part_network = this.network
            and leaf.part = this.measure
    left join marts.daily as earlier
        on
            leaf.client = earlier.client
            and leaf.reference_month = earlier.month
            and leaf.part_network = earlier.network
            and leaf.part = earlier.measure
    where
        leaf.is_by_days
        and leaf.month + days.nth < leaf.month + interval '1 month'
        and leaf.reference_month + days.nth < leaf.reference_month + interval '1 month'
),

compared as (
    select
        *,
        bool_and(
            part_network != whole_network or (was is not null and now is not null and kind != 'unique')
        ) over (partition by client, network, kpi, nth) as is_common
    from day_number
),

common as (
    select
        *,
        nth = min(nth) over split as is_first,
        nth = max(nth) over split as is_last
    from compared
    where is_common
    window split as (partition by client, network, kpi)
)

select
    leaf.client,
    leaf.network,
    leaf.kpi,
    leaf.side,
    leaf.coefficient,
    leaf.part,
    leaf.whole_network,
    leaf.part_network,
    earlier.value as was,
    this.value as now
from leaf
left join marts.measure_periods as this
    on
        leaf.client = this.client
        and this.grain = 'month'
        and leaf.month = this.period
        and leaf.part_network = this.network
        and leaf.part = this.measure
left join marts.measure_periods as earlier
    on
        leaf.client = earlier.client
        and earlier.grain = 'month'
        and leaf.reference_month = earlier.period
        and leaf.part_network = earlier.network
        and leaf.part = earlier.measure
where not leaf.is_by_days
union all
select
    client,
    network,
    kpi,
    side,
    coefficient,
    part,
    whole_network,
    part_network,
    case part when 'followers_average' then avg(was) else sum(was) end as was,
    case part when 'followers_average' then avg(now) else sum(now) end as now
from common
where
    kind = 'flow'
    or part = 'followers_average'
    or case part when 'followers_opening' then is_first else is_last end
group by client, network, kpi, side, coefficient, part, whole_network, part_network;

analyze why_number
