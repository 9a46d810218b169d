-- Of the client files' names, those that no run has read yet: one row per id.
select named.client
from unnest(%(files)s::text[]) as named (client)
where
    position(lower(%(search)s::text) in lower(named.client)) > 0
    and named.client not in (select client.client from core.client as client)
order by named.client
