-- How many posts a client's month has: one row per network that has a page, with the month before, the same month a
-- year before, and how many were planned. Without a row of that measure, null.
with cell as (
    select
        number.client,
        number.network,
        number.measure,
        number.period,
        jsonb_build_object(
            'client', number.client,
            'value', number.value::text,
            'reason', number.reason,
            'marks', marts.marks(number)
        ) as number
    from marts.measure_periods as number
    where
        number.client = %(client)s
        and number.network != 'all'
        and number.grain = 'month'
        and number.measure in ('posts', 'posts_planned')
        and number.period in (
            %(month)s::date, (%(month)s::date - interval '1 month')::date, (%(month)s::date - interval '1 year')::date
        )
)

select
    this.client,
    this.network,
    this.number as count,
    before.number as before,
    year_ago.number as year_ago,
    planned.number as planned
from cell as this
left join cell as before
    on
        this.network = before.network
        and before.measure = 'posts'
        and before.period = (%(month)s::date - interval '1 month')::date
left join cell as year_ago
    on
        this.network = year_ago.network
        and year_ago.measure = 'posts'
        and year_ago.period = (%(month)s::date - interval '1 year')::date
left join cell as planned
    on this.network = planned.network and planned.measure = 'posts_planned' and planned.period = %(month)s
where this.measure = 'posts' and this.period = %(month)s
order by this.network
