-- What may have made a client miss a target, beside the parts of its formula: one row per target that is missed, or
-- will be, and event that touched it in the month; and one per target, without a text, for its month itself. Each with
-- the posts of its days that are known, and those of the same days of the month that the target is compared with; null
-- = no such month, or a day of the two is not known.
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
    posts.was,
    posts.now,
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
    lateral ( -- noqa: ST05
        select
            case when count(day.was) = count(*) and count(day.now) = count(*) then sum(day.was) end as was,
            case when count(day.was) = count(*) and count(day.now) = count(*) then sum(day.now) end as now
        from (
            select
                earlier.numbers[span.reference_month - earlier.first_day + days.nth + 1] as was,
                this.numbers[span.month - this.first_day + days.nth + 1] as now
            from
                generate_series(
                    greatest(span.event_first_day, span.month) - span.month,
                    least(span.event_last_day, span.last_day, known.last_day) - span.month
                ) as days (nth)
            where span.reference_month + days.nth < span.reference_month + interval '1 month'
        ) as day
    ) as posts
order by span.network, span.kpi, span.event_first_day, span.event_last_day, span.text nulls last
