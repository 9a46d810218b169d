-- What may have made a client miss a target, beside the parts of its formula: one row per target that is missed, or
-- will be, and event that touched it in the month; and one per target, without a text, for its month itself. Each with
-- the posts of its days that are known, and those of the same days of the month that the target is compared with; of a
-- month that is over, of both whole months. Null = no such month or days in it, or a day of the two is not known.
with unmet as (
    select
        verdict.client,
        verdict.network,
        verdict.kpi,
        verdict.month,
        (verdict.month + interval '1 month')::date - 1 as last_day,
        case when verdict.network = 'site' then 'all' else verdict.network end as page,
        (%(as_of)s::timestamptz at time zone client.time_zone)::date as today,
        why.reference_month
    from marts.verdict as verdict
    inner join core.client as client on verdict.client = client.client
    left join marts.why as why
        on
            verdict.client = why.client
            and verdict.month = why.month
            and verdict.network = why.network
            and verdict.kpi = why.kpi
            and why.view = 'terms'
            and why.part = 'reference'
    where
        verdict.client = %(client)s
        and verdict.month = %(month)s
        and verdict.verdict in ('missed', 'at_risk', 'certain_miss')
),

span as (
    select
        unmet.*,
        event.network as event_network,
        coalesce(event.network, unmet.page) as posts_of,
        event.first_day as event_first_day,
        event.last_day as event_last_day,
        event.text
    from unmet
    inner join core.annotation as event
        on
            unmet.client = event.client
            and event.first_day <= least(unmet.last_day, unmet.today) -- what is still to come has caused nothing
            and event.last_day >= unmet.month
            and (event.network is null or event.network = unmet.network or unmet.network in ('all', 'site'))
    union all
    select
        unmet.*,
        null as event_network,
        unmet.page as posts_of,
        unmet.month as event_first_day,
        unmet.last_day as event_last_day,
        null as text
    from unmet
)

select
    span.client,
    span.network,
    span.kpi,
    span.event_network,
    span.event_first_day as first_day,
    span.event_last_day as last_day,
    span.text,
    span.posts_of,
    span.reference_month,
    case when these.now is not null then those.was end as was,
    case when those.was is not null then these.now end as now,
    least(span.event_last_day, span.last_day) > known.last_day as is_so_far
from span
left join marts.daily as this
    on
        span.client = this.client
        and span.month = this.month
        and span.posts_of = this.network
        and this.measure = 'posts'
left join marts.daily as earlier
    on
        span.client = earlier.client
        and span.reference_month = earlier.month
        and span.posts_of = earlier.network
        and earlier.measure = 'posts'
cross join
    lateral (
        select max(this.first_day + day.nth::integer - 1) as last_day
        from unnest(this.numbers) with ordinality as day (number, nth)
        where day.number is not null
    ) as known
cross join
    lateral (
        values
        (
            greatest(span.event_first_day, span.month) - span.month,
            least(span.event_last_day, span.last_day, known.last_day) - span.month,
            (span.reference_month + interval '1 month')::date - span.reference_month - 1,
            -- two whole months are compared as such, whatever their lengths
            span.text is null and known.last_day = span.last_day
        )
    ) as days (first, last, reference_last, is_whole)
cross join
    lateral ( -- noqa: ST05
        select case when count(day.number) = count(*) then sum(day.number) end as now
        from (
            select this.numbers[span.month - this.first_day + nth + 1] as number
            from generate_series(days.first, days.last) as nth
        ) as day
    ) as these
cross join
    lateral ( -- noqa: ST05
        select
            case
                when count(day.number) = count(*) and (days.is_whole or days.last <= days.reference_last)
                    then sum(day.number)
            end as was
        from (
            select earlier.numbers[span.reference_month - earlier.first_day + nth + 1] as number
            from generate_series(days.first, case when days.is_whole then days.reference_last else days.last end) as nth
        ) as day
    ) as those
order by span.network, span.kpi, span.event_first_day, span.event_last_day, span.text nulls last
