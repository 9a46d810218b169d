-- The days of each month, packed.
create temporary table daily on commit drop as
select
    client,
    network,
    measure,
    date_trunc('month', period::timestamp)::date as month,
    min(period) as first_day,
    array_agg(value) as numbers,
    case when count(value) < count(*) then array_agg(reason) end as reasons,
    case when bool_or(is_derived) then array_agg(is_derived) end as is_derived,
    case when bool_or(is_late) then array_agg(is_late) end as is_late,
    case when bool_or(is_flagged) then array_agg(is_flagged) end as is_flagged
from (select * from cell where grain = 'day' and is_kept order by period) as cell
group by client, network, measure, date_trunc('month', period::timestamp)
