-- What a client's staged plans ask for, by the newest wording: one row per network, KPI and month.
select
    network,
    kpi,
    month,
    month_of_work,
    base_month,
    base,
    is_fixed,
    target
from marts.step
where client = %(client)s
order by kpi, network, month
