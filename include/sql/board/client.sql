-- A client as its file says: one row, none if there is no such client.
select
    client,
    name,
    language,
    time_zone,
    currency,
    started,
    ended,
    paused_from,
    paused_to
from core.client
where client = %(client)s
