-- What a letter says of a client's month: one row per verdict, with the month before and the same month a year before.
-- What a quarter or a campaign came to is held against no month.
with judged as (
    select
        *,
        case when first_day is null then 'source_missing' else 'not_applicable' end as without
    from marts.verdict
    where client = %(client)s and month = %(month)s
),

formula as ( -- whether what days bring is added to a KPI's value, and whether that can only grow
    select
        term.kpi,
        bool_and(term.side = 'numerator' and measure.kind != 'unique') as adds_up,
        bool_and(
            term.side = 'numerator' and measure.kind != 'stock' and not measure.may_be_negative and term.coefficient > 0
        ) as only_rises
    from catalogue.term as term
    inner join catalogue.measure as measure on term.measure = measure.measure
    group by term.kpi
)

select
    judged.client,
    judged.network,
    judged.kpi,
    judged.target_version as version,
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
    judged.first_day,
    judged.last_day,
    judged.tolerance,
    judged.forecast,
    judged.forecast_low,
    judged.forecast_high,
    judged.certain_since,
    client.time_zone,
    coalesce(formula.adds_up, false) as adds_up,
    coalesce(formula.only_rises, false) as only_rises,
    case when judged.rule = 'from_baseline' then judged.target / judged.base - 1 else target.growth end as growth,
    case when judged.rule = 'from_baseline' then 'baseline' else target.over end as over,
    judged.spent,
    case when judged.spent is not null then catalogue.result(judged.kpi) end as result,
    marts.marks(stored, client.time_zone) as marks,
    marts.number(before) as before, -- null = there is none, because of `without`
    marts.number(year_ago) as year_ago,
    judged.without
from judged
inner join marts.verdict as stored
    on
        judged.client = stored.client
        and judged.month = stored.month
        and judged.network = stored.network
        and judged.kpi = stored.kpi
inner join core.client as client on judged.client = client.client
left join formula on judged.kpi = formula.kpi
inner join core.target as target
    on
        judged.client = target.client
        and judged.target_version = target.target_version
        and judged.network = target.network
        and judged.kpi = target.kpi
left join marts.kpi_months as before
    on
        judged.first_day is null
        and judged.client = before.client
        and judged.network = before.network
        and judged.kpi = before.kpi
        and before.period = (judged.month - interval '1 month')::date
left join marts.kpi_months as year_ago
    on
        judged.first_day is null
        and judged.client = year_ago.client
        and judged.network = year_ago.network
        and judged.kpi = year_ago.kpi
        and year_ago.period = (judged.month - interval '1 year')::date
-- the main one first, then what is farthest from its bound; a cost of nothing is infinitely far
order by
    judged.is_main desc,
    (judged.verdict = 'missed' and judged.value is null) desc,
    abs(judged.value - judged.target) / nullif(abs(judged.target), 0) desc nulls last,
    judged.kpi asc,
    judged.network asc
