-- What a letter says of a client's month: one row per verdict, with the month before and the same month a year before.
with judged as (
    select *
    from marts.verdict
    where client = %(client)s and month = %(month)s
)

select
    judged.client,
    judged.network,
    judged.kpi,
    judged.target_version,
    judged.verdict,
    judged.reason,
    judged.rule,
    judged.is_main,
    judged.is_final,
    judged.due_from,
    judged.low,
    judged.high,
    judged.target,
    judged.value,
    judged.base,
    target.growth,
    target.over,
    before.value as before,
    coalesce(before.reason, case when before.kpi is null then 'source_missing' end) as before_reason,
    coalesce(before.completeness < 1, false) as is_before_incomplete,
    year_ago.value as year_ago,
    coalesce(year_ago.reason, case when year_ago.kpi is null then 'source_missing' end) as year_ago_reason,
    coalesce(year_ago.completeness < 1, false) as is_year_ago_incomplete
from judged
inner join core.target as target
    on
        judged.client = target.client
        and judged.target_version = target.target_version
        and judged.network = target.network
        and judged.kpi = target.kpi
left join marts.kpi as before
    on
        judged.client = before.client
        and judged.network = before.network
        and judged.kpi = before.kpi
        and before.grain = 'month'
        and before.period = (judged.month - interval '1 month')::date
left join marts.kpi as year_ago
    on
        judged.client = year_ago.client
        and judged.network = year_ago.network
        and judged.kpi = year_ago.kpi
        and year_ago.grain = 'month'
        and year_ago.period = (judged.month - interval '1 year')::date
-- the main one first, then what is farthest from its bound
order by
    judged.is_main desc,
    abs(judged.value - judged.target) / nullif(abs(judged.target), 0) desc nulls last,
    judged.kpi asc,
    judged.network asc
