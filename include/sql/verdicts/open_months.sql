-- The months whose verdicts may still move, one row per client and month: the running month in its zone; the one before
-- until that is judged for good; and of the three before the running one those that were judged for good on what has
-- been rebuilt since: the month itself, or an earlier one, that it may be compared with. That is told by versions: a
-- rebuild may commit after a judgement and have begun before it.
with local as (
    select
        client,
        date_trunc('month', %(as_of)s::timestamptz at time zone time_zone)::date as running
    from core.client
    where %(clients)s::text[] is null or client = any(%(clients)s)
),

judged as (
    select
        verdict.client,
        verdict.month,
        bool_or(verdict.is_final) as is_final,
        min(verdict.basis_version) as basis_version
    from marts.verdict as verdict
    inner join local on verdict.client = local.client
    where verdict.month < local.running and verdict.month >= local.running - interval '3 months'
    group by verdict.client, verdict.month
)

select
    client,
    running as month
from local
union all
select
    client,
    (running - interval '1 month')::date as month
from local
where
    not exists (
        select from judged
        where
            judged.client = local.client
            and judged.month = (local.running - interval '1 month')::date
            and judged.is_final
    )
union all
select
    judged.client,
    judged.month
from judged
where
    judged.is_final
    and judged.basis_version is distinct from (
        select coalesce(max(basis.version), 0)
        from marts.basis as basis
        where basis.client = judged.client and basis.month <= judged.month
    )
order by month, client
