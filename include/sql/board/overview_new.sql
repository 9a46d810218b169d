-- Of the client files' names, those that no run has read yet: one row per id.
select named.client
from unnest(%(files)s::text[]) as named (client)
where named.client not in (select client.client from core.client as client)
order by named.client
