-- A baseline is fixed with the first verdict that stands on it for good: one row per KPI and network. Until then it is
-- measured anew at every judgement, so that history which is backfilled meanwhile still counts; afterwards nothing
-- moves it.
insert into core.baseline (client, network, kpi, month, value, fixed_at)
with verdict as (
    select *
    from marts.verdict
    where
        client = any(%(clients)s)
        and month = %(month)s
        and is_final
        and verdict in ('met', 'missed')
)

select
    verdict.client,
    verdict.network,
    verdict.kpi,
    verdict.base_month,
    verdict.base,
    verdict.evaluated_at
from verdict
inner join core.target as target
    on
        verdict.client = target.client
        and verdict.target_version = target.target_version
        and verdict.network = target.network
        and verdict.kpi = target.kpi
where target.rule = 'from_baseline' or target.over = 'baseline'
on conflict do nothing
