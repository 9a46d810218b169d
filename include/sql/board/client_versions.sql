-- The newest wordings of a client's targets: one row per version and target, the newest version first, with the months
-- that were last judged by it, and the plans of a planned one.
with version as (
    select
        version.target_version,
        version.seen_at
    from core.target_version as version
    where version.client = %(client)s
    order by version.target_version desc
    limit 13
),

judged as (
    select
        verdict.target_version,
        min(verdict.month) as first_month,
        max(verdict.month) as last_month
    from marts.verdict as verdict
    where verdict.client = %(client)s
    group by verdict.target_version
)

select
    version.target_version,
    version.seen_at,
    judged.first_month,
    judged.last_month,
    target.network,
    target.kpi,
    target.rule,
    target.low,
    target.high,
    target.growth,
    target.over,
    target.over_number,
    target.baseline_to,
    target.by_month,
    target.from_month,
    target.tolerance,
    target.is_main,
    plan.months,
    plan.plans,
    plan.first_days,
    plan.last_days
from version
left join judged on version.target_version = judged.target_version
left join core.target as target
    on target.client = %(client)s and version.target_version = target.target_version
left join lateral (
    select
        array_agg(plan.month order by plan.month) as months,
        array_agg(plan.plan order by plan.month) as plans,
        array_agg(plan.first_day order by plan.month) as first_days,
        array_agg(plan.last_day order by plan.month) as last_days
    from core.plan as plan
    where
        target.rule = 'plan'
        and plan.client = %(client)s
        and plan.target_version = target.target_version
        and plan.network = target.network
        and plan.kpi = target.kpi
) as plan on true
order by version.target_version desc, target.is_main desc, target.kpi asc, target.network asc
