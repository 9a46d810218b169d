-- The clients that something is to be rebuilt of, in slices of about so many months: one row per slice.
with due as (
    select
        client,
        month
    from core.change
    where
        (%(clients)s::text[] is null or client = any(%(clients)s::text[]))
        and month >= coalesce(%(first_month)s::date, '-infinity')
        and month <= coalesce(%(last_month)s::date, 'infinity')
    union
    select
        client,
        date_trunc('month', day)::date as month
    from core.coverage
    where
        (%(first_month)s::date is not null or %(last_month)s::date is not null)
        and (%(clients)s::text[] is null or client = any(%(clients)s::text[]))
        and day >= coalesce(%(first_month)s::date, '-infinity')
        and day < coalesce(%(last_month)s::date + interval '1 month', 'infinity')
),

placed as (
    select
        client,
        div(sum(count(*)) over (order by client) - count(*), %(months)s) as slice
    from due
    group by client
)

select array_agg(client order by client) as clients
from placed
group by slice
order by slice
