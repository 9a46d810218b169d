-- The months whose verdicts may still move, one row per client: the running month in its zone, and the one before
-- until that is judged for good.
with local as (
    select
        client,
        date_trunc('month', %(as_of)s::timestamptz at time zone time_zone)::date as running
    from core.client
    where %(clients)s::text[] is null or client = any(%(clients)s)
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
        select from marts.verdict as verdict
        where
            verdict.client = local.client
            and verdict.month = (local.running - interval '1 month')::date
            and verdict.is_final
    )
order by month, client
