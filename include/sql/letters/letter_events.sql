-- The events that touch a client's month: one row each.
select
    client,
    first_day,
    last_day,
    network,
    text
from core.annotation
where
    client = %(client)s
    and first_day < (%(month)s::date + interval '1 month')::date
    and last_day >= %(month)s::date
order by first_day, last_day, text
