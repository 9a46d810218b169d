-- One row per client x network of a source with days that no published load was asked for and that some report does
-- not know, since its first published load and before its reload window; `since` bounds how far back is looked.
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
)

select
    missed.client,
    missed.network,
    min(missed.day) as first_day,
    max(missed.day) as last_day,
    count(distinct missed.day) as days
from missed
inner join report on report.client = missed.client and report.network = missed.network
left join core.coverage as coverage
    on
        coverage.client = report.client
        and coverage.network = report.network
        and coverage.report = report.report
        and coverage.day = missed.day
where coverage.day is null
group by missed.client, missed.network
order by missed.client, missed.network
