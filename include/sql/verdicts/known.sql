-- What is known of what is asked: one row per row of `asked`. The value of a month is that of its KPI; the one of a
-- quarter or a campaign is summed from its whole months and single days, up to the end of the month that is judged: the
-- sum of numerators, divided by that of denominators.
create temporary table known on commit drop as
with part as ( -- the months that a span touches so far
    select
        asked.client,
        asked.network,
        asked.kpi,
        months.month::date as month,
        greatest(months.month::date, asked.first_day) as first_day,
        least((months.month + interval '1 month')::date - 1, asked.last_day) as last_day,
        (months.month + interval '1 month')::date - months.month::date as days_of_month
    from asked
    cross join
        lateral generate_series(
            date_trunc('month', asked.first_day::timestamp), asked.month::timestamp, interval '1 month'
        ) as months (month)
    where asked.first_day is not null
),

atom as ( -- the whole months, and the days of the others
    select
        part.client,
        part.network,
        part.kpi,
        part.days_of_month as days,
        fact.numerator,
        fact.denominator,
        fact.completeness,
        fact.reason,
        fact.is_derived,
        fact.is_late,
        fact.is_flagged
    from part
    inner join marts.kpi_months as fact
        on
            part.client = fact.client
            and part.month = fact.period
            and part.network = fact.network
            and part.kpi = fact.kpi
    where part.last_day - part.first_day + 1 = part.days_of_month
    union all
    select
        part.client,
        part.network,
        part.kpi,
        1 as days,
        fact.numerator,
        fact.denominator,
        fact.completeness,
        fact.reason,
        fact.is_derived,
        fact.is_late,
        fact.is_flagged
    from part
    -- in an order, because then it is asked for this month of this client alone; else all days would be computed
    cross join
        lateral ( -- noqa: ST05
            select day.*
            from marts.kpi_computed as day
            where
                day.client = part.client
                and day.grain = 'day'
                and day.month = part.month
                and day.period between part.first_day and part.last_day
                and day.network = part.network
                and day.kpi = part.kpi
            order by day.period
        ) as fact
    where part.last_day - part.first_day + 1 < part.days_of_month
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
        sum(atom.numerator) filter (where ratio.kpi is null or atom.denominator is not null) as numerator,
        sum(atom.denominator) filter (where atom.numerator is not null) as denominator,
        round(sum(atom.completeness * atom.days), 6) as known_days, -- 30/31 x 31 is 30 again
        min(atom.reason) filter (where atom.reason not in ('source_missing', 'zero_denominator')) as reason,
        bool_or(atom.is_derived) as is_derived,
        bool_or(atom.is_late) as is_late,
        bool_or(atom.is_flagged) as is_flagged
    from atom
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
left join marts.kpi_months as kpi
    on
        asked.client = kpi.client
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
