-- The KPIs of the months with a changed cell, as marts.kpi_computed has them. A row that stays as it is is not touched.

-- one row per old KPI that does not stay, of which only the `place` is told, and one per new one
create temporary table kpi_difference on commit drop as
with new as (
    select
        changed.number,
        kpi.*
    from changed
    cross join
        lateral ( -- noqa: ST05
            select computed.*
            from marts.kpi_computed as computed
            where
                computed.client = changed.client and computed.grain = 'month' and computed.period = changed.period
            order by computed.network, computed.kpi -- in an order, because then it is computed month by month
        ) as kpi
    where changed.grain = 'month'
),

old as (
    select
        changed.number,
        kpi.ctid as place,
        kpi.*
    from changed
    inner join marts.kpi_months as kpi on changed.client = kpi.client and changed.period = kpi.period
    where changed.grain = 'month'
)

select
    old.place,
    coalesce(new.number, old.number) as number,
    coalesce(new.client, old.client) as client,
    new.network,
    new.kpi,
    new.period,
    new.value,
    new.numerator,
    new.denominator,
    new.completeness,
    new.reason,
    new.is_derived,
    new.is_late,
    new.is_flagged
from new
full join old
    on
        new.number = old.number
        and new.network = old.network
        and new.kpi = old.kpi
        and (
            new.value, new.numerator, new.denominator, new.completeness, new.reason,
            new.is_derived, new.is_late, new.is_flagged
        )
        is not distinct from
        (
            old.value, old.numerator, old.denominator, old.completeness, old.reason,
            old.is_derived, old.is_late, old.is_flagged
        )
where new.kpi is null or old.kpi is null;

analyze kpi_difference (place);

delete from marts.kpi_months as old
using kpi_difference
where kpi_difference.place = old.ctid and kpi_difference.client = old.client;

insert into marts.kpi_months (
    client, network, kpi, period, value, numerator, denominator, completeness, reason, is_derived, is_late, is_flagged
)
select
    client,
    network,
    kpi,
    period,
    value,
    numerator,
    denominator,
    completeness,
    reason,
    is_derived,
    is_late,
    is_flagged
from kpi_difference
where place is null
order by number; -- as the primary key has them
