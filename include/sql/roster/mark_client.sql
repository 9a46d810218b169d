-- Every month in which this client has data is to be rebuilt: one row per month. The mark is this transaction's own: a
-- rebuild that does not see what has changed yet must not take it with an older one.
insert into core.change (client, month, load_id)
select distinct
    client,
    date_trunc('month', day)::date,
    'file/' || pg_current_xact_id()
from core.coverage
where client = %(client)s
on conflict do nothing
