-- Every month in which this client has data is to be rebuilt: one row per month.
insert into core.change (client, month)
select distinct
    client,
    date_trunc('month', day)::date
from core.coverage
where client = %(client)s
on conflict do nothing
