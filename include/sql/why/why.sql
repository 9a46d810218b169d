-- Why targets are missed, or will be: value - target = (value of the reference - target), the first row of each split,
-- plus what each measure of the KPI, and of `all` each network, has changed since: one row per part.
--
-- A sum changes by what its terms change. A quotient n / d is split as if n had changed first, then d, and the other
-- way round, and the mean of both counts (Shapley's values): n has (n1 - n0) (1 / d0 + 1 / d1) / 2, d has the rest,
-- (1 / d1 - 1 / d0) (n0 + n1) / 2. Each one's effect goes to its terms and networks in proportion to their changes.
--
-- What the parts do not give is, of a running month, the pace: what the forecast expects of the days to come. Of a
-- finished one it is what rounding to 16 places leaves, and goes to the largest part.
delete from marts.why
where client = any(%(clients)s) and month = %(month)s;

insert into marts.why (
    client, month, network, kpi, view, position, part, part_network, reference_month, was, now, effect, share
)
with whole as ( -- each term, and what its networks have of it
    select
        client,
        network,
        kpi,
        side,
        coefficient,
        part,
        whole_network,
        max(was) filter (where part_network = whole_network) as was,
        max(now) filter (where part_network = whole_network) as now,
        coalesce(sum(was) filter (where part_network != whole_network), 0) as was_of_networks,
        coalesce(sum(now) filter (where part_network != whole_network), 0) as now_of_networks,
        bool_and(part_network = whole_network) as has_no_networks
    from why_number
    group by client, network, kpi, side, coefficient, part, whole_network
),

leaf as ( -- what adds up to the terms: the networks, and what is of none of them
    select
        client,
        network,
        kpi,
        side,
        coefficient,
        part,
        part_network,
        was,
        now
    from why_number
    where part_network != whole_network
    union all
    select
        client,
        network,
        kpi,
        side,
        coefficient,
        part,
        whole_network as part_network,
        was - was_of_networks as was,
        now - now_of_networks as now
    from whole
    where has_no_networks or was != was_of_networks or now != now_of_networks
),

summed as ( -- with the sums above and below the line
    select
        *,
        bool_or(side = 'denominator') over split as is_quotient,
        sum(coefficient * was) filter (where side = 'numerator') over split as n0,
        sum(coefficient * now) filter (where side = 'numerator') over split as n1,
        nullif(sum(coefficient * was) filter (where side = 'denominator') over split, 0) as d0,
        nullif(sum(coefficient * now) filter (where side = 'denominator') over split, 0) as d1
    from leaf
    window split as (partition by client, network, kpi)
),

part as ( -- a measure that stands above and below the line is one part
    select
        client,
        network,
        kpi,
        part,
        part_network,
        max(was) as was,
        max(now) as now,
        -- divided last: what cancels out above the line does so to the last digit
        sum(
            coefficient * (coalesce(now, 0) - coalesce(was, 0))
            * case
                when not is_quotient then 1
                when side = 'numerator' then d0 + d1
                else -(n0 + n1)
            end
        ) / max(case when is_quotient then 2 * d0 * d1 else 1 end) as effect
    from summed
    group by client, network, kpi, part, part_network
),

rounded as (
    select
        split.client,
        split.network,
        split.kpi,
        split.is_running,
        split.was,
        split.now,
        part.part,
        part.part_network,
        part.was as part_was,
        part.now as part_now,
        case
            when split.reference_month is not null
                then round(part.effect, greatest(16, scale(split.now - split.was)))
        end as effect
    from why_split as split
    left join part on split.client = part.client and split.network = part.network and split.kpi = part.kpi
),

ranked as ( -- with what all parts do not give
    select
        *,
        row_number() over (
            partition by client, network, kpi
            order by abs(effect) desc nulls last, part asc, part_network asc
        ) as nth,
        count(part) over split as parts,
        now - was - coalesce(sum(effect) over split, 0) as rest,
        0.000000001 * greatest(abs(was), abs(now), max(abs(effect)) over split) as tolerance
    from rounded
    window split as (partition by client, network, kpi)
),

shown as (
    select
        client,
        network,
        kpi,
        1 as position,
        case when reference_month is null then 'no_reference' else 'reference' end as part,
        network as part_network,
        was,
        now,
        coalesce(was, now) - target as effect
    from why_split
    union all
    select
        client,
        network,
        kpi,
        nth + 1 as position,
        part,
        part_network,
        part_was as was,
        part_now as now,
        effect + case when nth = 1 and abs(rest) <= tolerance then rest else 0 end as effect
    from ranked
    where part is not null
    union all
    select
        client,
        network,
        kpi,
        parts + 2 as position,
        case when is_running then 'pace' else 'unexplained' end as part,
        network as part_network,
        null as was,
        null as now,
        rest as effect
    from ranked
    where nth = 1 and rest != 0 and (effect is null or abs(rest) > tolerance)
)

select
    split.client,
    split.month,
    split.network,
    split.kpi,
    'terms' as view,
    shown.position,
    shown.part,
    shown.part_network,
    split.reference_month,
    shown.was,
    shown.now,
    shown.effect,
    shown.effect / nullif(split.now - split.target, 0) as share
from why_split as split
inner join shown on split.client = shown.client and split.network = shown.network and split.kpi = shown.kpi
