-- Why targets are missed: reactions to posts as posts x reach of a post x reactions of those reached, beside the terms.
-- One row per factor (reactions per post have the last two only) and the row that they start from, for KPIs of all
-- reactions, as a sum or per post, of months that are known as a whole, where the reach of posts is known.
--
-- Of a product a b c, the change of a counts with the mean of what it does in all six orders of the three changes
-- (Shapley's values): (a1 - a0) ((b0 c0 + b1 c1) / 3 + (b0 c1 + b1 c0) / 6). What rounding leaves goes to the largest.
insert into marts.why (
    client, month, network, kpi, view, position, part, part_network, reference_month, was, now, effect, share
)
with reactions as ( -- the KPIs that are such a product
    select
        kpi,
        count(*) = 4 as is_per_post
    from catalogue.term
    group by kpi
    having
        bool_and(network_pin is null and coefficient = 1)
        and count(*) filter (
            where side = 'numerator' and measure in ('post_likes', 'post_comments', 'post_reposts')
        ) = 3
        and count(*) - count(*) filter (where side = 'denominator' and measure = 'posts') = 3
),

known as (
    select
        split.client,
        split.month,
        split.network,
        split.kpi,
        split.reference_month,
        split.was,
        split.now,
        split.target,
        reactions.is_per_post,
        before.numerator as e0,
        this.numerator as e1,
        max(cell.value) filter (where cell.measure = 'posts' and cell.period = before.period) as p0,
        max(cell.value) filter (where cell.measure = 'posts' and cell.period = this.period) as p1,
        max(cell.value) filter (where cell.measure = 'post_reach' and cell.period = before.period) as r0,
        max(cell.value) filter (where cell.measure = 'post_reach' and cell.period = this.period) as r1
    from why_split as split
    inner join reactions on split.kpi = reactions.kpi
    inner join marts.kpi_months as this
        on
            split.client = this.client
            and split.month = this.period
            and split.network = this.network
            and split.kpi = this.kpi
            and split.now = this.value
            and this.completeness = 1
    inner join marts.kpi_months as before
        on
            split.client = before.client
            and split.reference_month = before.period
            and split.network = before.network
            and split.kpi = before.kpi
    inner join marts.measure_periods as cell
        on
            split.client = cell.client
            and cell.grain = 'month'
            and cell.period in (this.period, before.period)
            and split.network = cell.network
            and cell.measure in ('posts', 'post_reach')
            and cell.completeness = 1
    group by
        split.client, split.month, split.network, split.kpi, split.reference_month, split.was, split.now, split.target,
        reactions.is_per_post, before.numerator, this.numerator
),

product as ( -- posts, or 1 of what is counted per post; reach of a post; reactions of one who is reached
    select
        *,
        case when is_per_post then 1 else p0 end as a0,
        case when is_per_post then 1 else p1 end as a1,
        r0 / nullif(p0, 0) as b0,
        r1 / nullif(p1, 0) as b1,
        e0 / nullif(r0, 0) as c0,
        e1 / nullif(r1, 0) as c1
    from known
),

factor as (
    select
        whole.client,
        whole.month,
        whole.network,
        whole.kpi,
        whole.reference_month,
        whole.target,
        whole.was as value_was,
        whole.now as value_now,
        one.part,
        one.was,
        one.now,
        round(
            (one.now - one.was) * ((one.x0 * one.y0 + one.x1 * one.y1) / 3 + (one.x0 * one.y1 + one.x1 * one.y0) / 6),
            greatest(16, scale(whole.now - whole.was))
        ) as effect
    from product as whole
    cross join
        lateral (
            values
            ('posts', whole.a0, whole.a1, whole.b0, whole.b1, whole.c0, whole.c1),
            ('reach_per_post', whole.b0, whole.b1, whole.a0, whole.a1, whole.c0, whole.c1),
            ('er_reach', whole.c0, whole.c1, whole.a0, whole.a1, whole.b0, whole.b1)
        ) as one (part, was, now, x0, x1, y0, y1)
    where not (whole.is_per_post and one.part = 'posts')
),

ranked as (
    select
        *,
        row_number() over (partition by client, network, kpi order by abs(effect) desc, part) as nth,
        value_now - value_was - sum(effect) over split as rounding,
        0.000000001 * greatest(value_was, value_now, max(abs(effect)) over split) as tolerance
    from factor
    window split as (partition by client, network, kpi)
)

select
    ranked.client,
    ranked.month,
    ranked.network,
    ranked.kpi,
    'factors' as view,
    shown.position,
    shown.part,
    ranked.network as part_network,
    ranked.reference_month,
    shown.was,
    shown.now,
    shown.effect,
    shown.effect / nullif(ranked.value_now - ranked.target, 0) as share
from ranked
cross join
    lateral (
        values
        (1, 'reference', ranked.value_was, ranked.value_now, ranked.value_was - ranked.target),
        (
            ranked.nth + 1,
            ranked.part,
            ranked.was,
            ranked.now,
            ranked.effect + case ranked.nth when 1 then ranked.rounding else 0 end
        )
    ) as shown (position, part, was, now, effect)
where abs(ranked.rounding) <= ranked.tolerance and (shown.position > 1 or ranked.nth = 1);

drop table why_split, why_number
