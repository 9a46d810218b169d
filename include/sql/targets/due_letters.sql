-- The clients whose letters about the last month may be written now: from their hour on the 4th, for 7 days.
with local as (
    select
        client,
        %(as_of)s::timestamptz at time zone time_zone as now,
        date_trunc('month', %(as_of)s::timestamptz at time zone time_zone) as month,
        make_interval(days => 3, hours => (report ->> 'hour')::integer) as delay
    from core.client
    where %(clients)s::text[] is null or client = any(%(clients)s)
)

select
    client,
    (month - interval '1 month')::date as month
from local
where now >= month + delay and now < month + delay + interval '7 days'
order by client
