-- Which KPIs of a client have a number in the thirteen months up to one: one row per network and KPI.
select distinct
    network,
    kpi
from marts.kpi_months
where
    client = %(client)s
    and period between (%(month)s::date - interval '1 year')::date and %(month)s::date
    and value is not null
order by network, kpi
