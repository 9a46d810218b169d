-- One row per target and month: the judgement.
select
    verdict.client,
    verdict.month,
    verdict.network,
    verdict.kpi,
    verdict.verdict,
    verdict.reason,
    verdict.rule,
    verdict.target,
    verdict.low,
    verdict.high,
    verdict.base,
    verdict.value,
    verdict.forecast,
    verdict.forecast_low,
    verdict.forecast_high,
    kpi.unit,
    case when kpi.unit = 'money' or verdict.spent is not null then client.currency end as currency,
    verdict.is_main,
    verdict.is_final,
    verdict.due_from,
    verdict.evaluated_at,
    verdict.spent,
    trim_scale(verdict.completeness) as completeness,
    verdict.is_derived,
    verdict.is_late,
    verdict.is_flagged
from marts.verdict as verdict
left join catalogue.kpi as kpi on verdict.kpi = kpi.kpi
left join core.client as client on verdict.client = client.client
where
    (%(client)s::text is null or verdict.client = %(client)s)
    and verdict.month >= coalesce(%(first_day)s::date, '-infinity')
    and verdict.month <= coalesce(%(last_day)s::date, 'infinity')
