"""Days of measures, as marts.daily has them: a month of a measure is one row."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from smm.warehouse import Connection

PACKED = """
    insert into marts.daily (
        client, network, measure, month, first_day, numbers, reasons, is_derived, is_late, is_flagged
    )
    with cell as (
        select
            date_trunc('month', period::timestamp)::date as month, given.*,
            %(is_derived)s as is_derived, %(is_late)s as is_late, %(is_flagged)s as is_flagged
        from unnest(%(days)s::date[], %(values)s::numeric[], %(reasons)s::text[]) as given (period, value, reason)
        union all
        select month, period, value, reason, is_derived, is_late, is_flagged
        from marts.measure_days
        where (client, network, measure) = (%(client)s, %(network)s, %(measure)s) and period <> all(%(days)s)
    ),
    span as (
        select month, min(period) as first_day, max(period) as last_day from cell group by month
    ),
    day as (
        select
            span.month, days.day::date as period, value, coalesce(reason, 'source_missing') as reason,
            coalesce(is_derived, false) as is_derived, coalesce(is_late, false) as is_late,
            coalesce(is_flagged, false) as is_flagged
        from span
        cross join generate_series(span.first_day::timestamp, span.last_day, interval '1 day') as days (day)
        left join cell on cell.period = days.day::date
    )
    select
        %(client)s, %(network)s, %(measure)s, month, min(period), array_agg(value order by period),
        case
            when count(value) < count(*)
                then array_agg(case when value is null then reason end order by period)
        end,
        case when bool_or(is_derived) then array_agg(is_derived order by period) end,
        case when bool_or(is_late) then array_agg(is_late order by period) end,
        case when bool_or(is_flagged) then array_agg(is_flagged order by period) end
    from day
    group by month
    on conflict (client, month, network, measure) do update set
        first_day = excluded.first_day, numbers = excluded.numbers, reasons = excluded.reasons,
        is_derived = excluded.is_derived, is_late = excluded.is_late, is_flagged = excluded.is_flagged
"""


def put_days(
    warehouse: Connection,
    client: str,
    measure: str,
    days: Mapping[date, float | Decimal | str | None],
    *,
    is_derived: bool = False,
    is_late: bool = False,
    is_flagged: bool = False,
) -> None:
    """``vk.sessions`` of these days: a number, or why it is not known; None = no source has answered.

    Days of the measure that are there already stay. One between them that nobody has put is not known.
    """
    network, _, name = measure.rpartition(".")
    row = {
        "client": client,
        "network": network,
        "measure": name,
        "days": list(days),
        "values": [None if isinstance(value, str) else value for value in days.values()],
        "reasons": [value if isinstance(value, str) else None for value in days.values()],
        "is_derived": is_derived,
        "is_late": is_late,
        "is_flagged": is_flagged,
    }
    warehouse.execute(PACKED, row)
