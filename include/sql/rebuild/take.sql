-- Without months: take what core.change holds. With months: take these of the clients asked for, and with them what
-- core.change holds of them.
with changed as (
    delete from core.change
    where
        (%(clients)s::text[] is null or client = any(%(clients)s::text[]))
        and month >= coalesce(%(first_month)s::date, '-infinity')
        and month <= coalesce(%(last_month)s::date, 'infinity')
    returning client, month
),

asked as (
    select
        client,
        greatest(date_trunc('month', min(day)::timestamp), %(first_month)s::date) as first_month,
        least(max(day), %(last_month)s::date)::timestamp as last_month
    from core.coverage
    where
        (%(first_month)s::date is not null or %(last_month)s::date is not null)
        and (%(clients)s::text[] is null or client = any(%(clients)s::text[]))
    group by client
)

insert into taken (client, month)
select
    client,
    month
from changed
union
select
    asked.client,
    months.month::date
from asked
cross join lateral generate_series(asked.first_month, asked.last_month, interval '1 month') as months (month);

-- else the planner expects a thousand rows here, and reads all of core for the few clients that there are
analyze taken
