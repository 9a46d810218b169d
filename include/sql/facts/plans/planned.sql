-- The plans that were loaded of these tables: one row per client, network, KPI and month, quarter or campaign.
select
    planned.client,
    planned.network,
    planned.kpi,
    planned.first_day,
    planned.last_day,
    planned.plan
from unnest(%(clients)s::text[], %(names)s::text[]) as named (client, name)
inner join core.planned as planned on named.client = planned.client and named.name = planned.given_by
