-- What is known of what is asked: one row per row of `asked`. The value of a month is that of marts.kpi; the one of a
-- quarter or a campaign is summed from its whole months and single days, up to the end of the month that is judged:
-- the sum of numerators, divided by that of denominators.
create temporary table known on commit drop as
with part as ( -- the months that a span touches so far
    select
        asked.client,
        asked.network,
        asked.kpi,
        months.month::date as month,
        greatest(months.month::date, asked.first_day) as first_day,
        least((months.month + interval '1 month')::date - 1, asked.last_day) as last_day
    from asked
    cross join
        lateral generate_series(
            date_trunc('month', asked.first_day::timestamp), asked.month::timestamp, interval '1 month'
        ) as months (month)
    where asked.first_day is not null
),

atom as (
    select
        client,
        network,
        kpi,
        'month' as grain,
        month as period,
        last_day - first_day + 1 as days
    from part
    where last_day - first_day + 1 = (month + interval '1 month')::date - month
    union all
    select
        part.client,
        part.network,
        part.kpi,
        'day' as grain,
        day.day::date as period,
        1 as days
    from part
    cross join lateral generate_series(part.first_day::timestamp, part.last_day, interval '1 day') as day (day)
    where part.last_day - part.first_day + 1 < (part.month + interval '1 month')::date - part.month
),

ratio as (
    select distinct kpi
    from catalogue.term
    where side = 'denominator'
),

summed as ( -- days that no source has answered for leave a partial sum; what is not known for another reason, none
    select
        atom.client,
        atom.network,
        atom.kpi,
        ratio.kpi is not null as is_ratio,
        -- a day of which one side of a ratio is known counts for neither: money without what it has brought is no cost
        sum(fact.numerator) filter (where ratio.kpi is null or fact.denominator is not null) as numerator,
        sum(fact.denominator) filter (where fact.numerator is not null) as denominator,
        round(sum(fact.completeness * atom.days), 6) as known_days, -- 30/31 x 31 is 30 again
        min(fact.reason) filter (where fact.reason not in ('source_missing', 'zero_denominator')) as reason,
        bool_or(fact.is_derived) as is_derived,
        bool_or(fact.is_late) as is_late,
        bool_or(fact.is_flagged) as is_flagged
    from atom
    inner join marts.kpi as fact
        on
            atom.client = fact.client
            and atom.grain = fact.grain
            and atom.period = fact.period
            and atom.network = fact.network
            and atom.kpi = fact.kpi
    left join ratio on atom.kpi = ratio.kpi
    group by atom.client, atom.network, atom.kpi, ratio.kpi
),

span as (
    select
        *,
        case
            when reason is not null then null
            when is_ratio then numerator / nullif(denominator, 0)
            else numerator
        end as value
    from summed
)

select
    asked.client,
    asked.network,
    asked.kpi,
    kpi.value,
    kpi.numerator,
    case when kpi.kpi is null then 'source_missing' else kpi.reason end as reason,
    coalesce(kpi.completeness, 0) as completeness,
    coalesce(kpi.is_derived, false) as is_derived,
    coalesce(kpi.is_late, false) as is_late,
    coalesce(kpi.is_flagged, false) as is_flagged
from asked
left join marts.kpi as kpi
    on
        asked.client = kpi.client
        and kpi.grain = 'month'
        and asked.month = kpi.period
        and asked.network = kpi.network
        and asked.kpi = kpi.kpi
where asked.first_day is null
union all
select
    asked.client,
    asked.network,
    asked.kpi,
    span.value,
    span.numerator,
    case
        when span.value is null
            then coalesce(span.reason, case when span.denominator = 0 then 'zero_denominator' else 'source_missing' end)
    end as reason,
    coalesce(span.known_days, 0) / (asked.last_day - asked.first_day + 1) as completeness,
    coalesce(span.is_derived, false) as is_derived,
    coalesce(span.is_late, false) as is_late,
    coalesce(span.is_flagged, false) as is_flagged
from asked
left join span on asked.client = span.client and asked.network = span.network and asked.kpi = span.kpi
where asked.first_day is not null;

analyze known
