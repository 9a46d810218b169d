-- A client whose data is shown: one row, with the last day that is over where it is, and the first and last days of
-- its history: from its first month of work or its first published day on, to the last that is loaded when it has
-- ended.
select
    client.client,
    client.name,
    client.time_zone,
    (%(now)s::timestamptz at time zone client.time_zone)::date - 1 as yesterday,
    least(client.started, min(load.first_day)) as begins,
    (date_trunc('month', client.ended::timestamp) + interval '1 month')::date - 1 + %(settles)s::integer as ends
from core.client as client
left join core.load as load on client.client = load.client and load.state = 'published'
where client.client = %(client)s
group by client.client, client.name, client.time_zone, client.started, client.ended
