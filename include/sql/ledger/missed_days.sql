-- One row per missed day of each client x network of a source, since its first published load and before its reload
-- window; `since` bounds how far back is looked. Missed are days that no published load was asked for and that some
-- report does not know; days that a source failed to answer for; and days of which a report was refused, if later ones
-- are known and nobody has asked since.
with asked_for as (
    select *
    from unnest(
        %(clients)s::text[], %(networks)s::text[], %(sinces)s::date[], %(windows)s::date[]
    ) as asked_for (client, network, since, window_first)
),

loaded as (
    select
        asked_for.client,
        asked_for.network,
        datemultirange(
            daterange(
                greatest(min(load.first_day), asked_for.since),
                greatest(min(load.first_day), asked_for.since, asked_for.window_first)
            )
        ) - range_agg(daterange(load.first_day, load.last_day, '[]')) as gaps
    from asked_for
    inner join core.load as load
        on load.client = asked_for.client and load.network = asked_for.network and load.state = 'published'
    where load.source = %(source)s
    group by asked_for.client, asked_for.network, asked_for.since, asked_for.window_first
),

missed as (
    select
        loaded.client,
        loaded.network,
        days.day::date as day
    from loaded
    cross join lateral unnest(loaded.gaps) as gaps (days)
    cross join lateral generate_series(lower(gaps.days), upper(gaps.days) - 1, interval '1 day') as days (day)
),

report as (
    select distinct
        coverage.client,
        coverage.network,
        coverage.report
    from asked_for
    inner join core.coverage as coverage
        on coverage.client = asked_for.client and coverage.network = asked_for.network
),

once as ( -- the reports that were refused on some day
    select distinct
        coverage.client,
        coverage.network,
        coverage.report
    from asked_for
    inner join core.coverage as coverage
        on coverage.client = asked_for.client and coverage.network = asked_for.network
    where coverage.state = 'no_access'
),

told as ( -- their days. One measure that is hidden has a report of its own, such as traffic.revenue, on those days only
    select
        coverage.client,
        coverage.network,
        coverage.report,
        coverage.day,
        coverage.state,
        coverage.load_id
    from once
    inner join core.coverage as coverage
        on
            coverage.client = once.client
            and coverage.network = once.network
            and coverage.report = once.report
    union all
    select
        whole.client,
        whole.network,
        once.report,
        whole.day,
        whole.state,
        whole.load_id
    from once
    inner join core.coverage as whole
        on
            whole.client = once.client
            and whole.network = once.network
            and whole.report || '.' = left(once.report, length(whole.report) + 1)
    where
        whole.state not in ('no_access', 'unanswered')
        and not split_part(once.report, '.', 2) = any(whole.without)
),

refused as (
    select
        told.client,
        told.network,
        told.day,
        told.state,
        asked_for.since,
        asked_for.window_first,
        min(load.as_of) filter (where told.state not in ('no_access', 'unanswered')) over (
            partition by told.client, told.network, told.report
            order by told.day
            rows between 1 following and unbounded following
        ) as known_at
    from asked_for
    inner join told on told.client = asked_for.client and told.network = asked_for.network
    inner join core.load as load on load.client = told.client and load.load_id = told.load_id
),

unknown as (
    select
        missed.client,
        missed.network,
        missed.day
    from missed
    inner join report on report.client = missed.client and report.network = missed.network
    left join core.coverage as coverage
        on
            coverage.client = report.client
            and coverage.network = report.network
            and coverage.report = report.report
            and coverage.day = missed.day
    where coverage.day is null
    union
    select
        coverage.client,
        coverage.network,
        coverage.day
    from asked_for
    inner join core.coverage as coverage
        on coverage.client = asked_for.client and coverage.network = asked_for.network
    where
        coverage.state = 'unanswered'
        and coverage.day >= asked_for.since
        and coverage.day < asked_for.window_first
    union
    select
        refused.client,
        refused.network,
        refused.day
    from refused
    where
        refused.state = 'no_access'
        and refused.day >= refused.since and refused.day < refused.window_first
        and refused.known_at is not null
        and not exists (
            select from core.load as load
            where
                load.client = refused.client and load.network = refused.network and load.state = 'published'
                and refused.day between load.first_day and load.last_day
                and load.as_of >= refused.known_at
        )
)

select
    client,
    network,
    day
from unknown -- without repeats: it is a union
order by client, network, day
