-- A KPI of `all` is known only where each network that counts one of its parts counts all of them: Facebook counts the
-- followers of a page and not its comments, so that the followers of all networks stood below the line, and above it
-- the comments of the others.

alter table catalogue.measure add column is_of_pages boolean not null default false; -- counted of networks' own pages
delete from catalogue.filled;

-- one row per client, month and KPI of `all` that not every network counts as a whole
create table marts.not_everywhere (
    client text not null,
    month date not null,
    kpi text not null,
    primary key (client, month, kpi)
);

-- As before: one row per KPI x network x day | week | month in which all its measures stand, with the sums of both
-- sides of its formula.
alter view marts.kpi_computed rename to kpi_summed;

-- Every KPI, computed as it is read: what kpi_summed says, but for a KPI of `all` that not every network counts as a
-- whole. Of days, ask for the `month`, too: it finds them.
create view marts.kpi_computed as
with told as (
    select
        *,
        network = 'all'
        and exists (
            select from marts.not_everywhere as apart
            where
                apart.client = summed.client
                and apart.kpi = summed.kpi
                and apart.month >= date_trunc('month', summed.period::timestamp)::date
                and apart.month <= summed.period + case summed.grain when 'week' then 6 else 0 end
        ) as is_partial
    from marts.kpi_summed as summed
)

select
    client,
    network,
    kpi,
    grain,
    month,
    period,
    case when not is_partial then value end as value,
    case when not is_partial then numerator end as numerator,
    case when not is_partial then denominator end as denominator,
    completeness,
    case when not is_partial then reason else least(reason, 'not_applicable') end as reason,
    is_derived,
    is_late,
    is_flagged
from told;

create or replace view marts.kpi as
select
    client,
    network,
    kpi,
    grain,
    period,
    value,
    numerator,
    denominator,
    completeness,
    reason,
    is_derived,
    is_late,
    is_flagged
from marts.kpi_computed
where grain in ('day', 'week')
union all
select
    client,
    network,
    kpi,
    'month' as grain,
    period,
    value,
    numerator,
    denominator,
    completeness,
    reason,
    is_derived,
    is_late,
    is_flagged
from marts.kpi_months;
