-- What happened at a client in some days: one row per annotation that touches them, the newest first.
select
    client,
    first_day,
    last_day,
    network,
    text,
    compare
from core.annotation
where client = %(client)s and last_day >= %(first_day)s::date and first_day <= %(last_day)s::date
order by first_day desc, last_day desc, text asc, network asc
