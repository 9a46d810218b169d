-- What ads cost a client per lead in a month, and in the one before: one row, if it was expected of the month; null =
-- it was not of the month before.
select
    marts.number(this) as lead_cost,
    marts.number(before) as lead_cost_before
from marts.kpi_months as this
left join marts.kpi_months as before
    on
        this.client = before.client
        and this.network = before.network
        and this.kpi = before.kpi
        and before.period = (this.period - interval '1 month')::date
where
    this.client = %(client)s
    and this.period = %(month)s
    and this.network = 'all'
    and this.kpi = 'cost_per_lead'
