-- What is known of each day of a client's sources: one row per source x report x day of the days asked for. Of a source
-- that nothing was published of, `report` is null; one that has no days has no row. `trouble` is why the newest load of
-- a day that is known failed.
with source as (
    select
        network,
        source
    from core.client_source as named
    where
        client = %(client)s
        and not exists (
            select from catalogue.source as source
            where source.source = named.source and not source.has_days
        )
),

report as (
    select distinct
        network,
        report
    from core.coverage
    where client = %(client)s
),

asked as ( -- one row per source and day, and one more for each load that was to load it
    select
        source.network,
        source.source,
        days.day::date as day,
        null as load_id,
        null as state,
        null as reason,
        '-infinity'::timestamptz as started_at,
        null::timestamptz as finished_at
    from source
    cross join generate_series(%(first_day)s::date, %(last_day)s::date, interval '1 day') as days (day)
    union all
    select
        source.network,
        source.source,
        days.day::date as day,
        load.load_id,
        load.state,
        load.reason,
        load.started_at,
        load.finished_at
    from source
    inner join core.load as load on load.client = %(client)s and source.network = load.network
    cross join
        lateral generate_series(
            greatest(load.first_day, %(first_day)s::date), least(load.last_day, %(last_day)s::date), interval '1 day'
        ) as days (day)
    where
        load.first_day <= %(last_day)s::date
        and load.last_day >= %(first_day)s::date
        and load.started_at >= %(first_day)s::date - 1 -- no day is loaded before it begins; older loads are not read
),

day as ( -- one row per source and day, with the newest of its loads
    select distinct on (network, day)
        network,
        source,
        day,
        state,
        reason,
        finished_at,
        coalesce(state in ('failed', 'rejected'), false) as is_failed,
        coalesce(bool_or(state = 'published') over (partition by network, day), false) as is_published
    from asked
    order by network asc, day asc, started_at desc, load_id desc
)

select
    day.network,
    day.source,
    report.report,
    day.day,
    case
        when coverage.state is not null then coverage.state
        when day.is_failed then day.state
        when day.state in ('fetching', 'staged') then 'loading'
        when day.is_published then 'untold'
        when day.day >= %(begins)s::date and day.day <= coalesce(%(ends)s::date, 'infinity') then 'missing'
        else 'outside'
    end as state,
    case
        when coverage.state is not null then coverage.reason
        when day.is_failed then day.reason
    end as reason,
    case when coverage.state is not null then load.finished_at else day.finished_at end as loaded_at,
    case when coverage.state is not null and day.is_failed then day.reason end as trouble
from day
left join report on day.network = report.network
left join core.coverage as coverage
    on
        coverage.client = %(client)s
        and day.network = coverage.network
        and report.report = coverage.report
        and day.day = coverage.day
left join core.load as load on load.client = %(client)s and coverage.load_id = load.load_id
order by day.source, day.network, report.report, day.day
