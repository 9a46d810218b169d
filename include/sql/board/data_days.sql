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

load as ( -- the loads that may be of these days, the newest with the highest place
    select
        load.network,
        load.load_id,
        case when load.code = 'quota_spent' then 'waiting' else load.state end as state, -- as in ledger.attempt
        load.reason,
        load.finished_at,
        load.first_day,
        load.last_day,
        row_number() over (order by load.started_at, load.load_id) as place
    from source
    inner join core.load as load on load.client = %(client)s and source.network = load.network
    where
        load.first_day <= %(last_day)s::date
        and load.last_day >= %(first_day)s::date
        and load.started_at >= %(first_day)s::date - 1 -- no day is loaded before it begins; older loads are not read
),

newest as ( -- one row per source and day that a load was to load, with the place of the newest
    select
        load.network,
        days.day::date as day,
        max(load.place) as place,
        bool_or(load.state = 'published') as is_published
    from load
    cross join
        lateral generate_series(
            greatest(load.first_day, %(first_day)s::date), least(load.last_day, %(last_day)s::date), interval '1 day'
        ) as days (day)
    group by load.network, days.day
),

day as ( -- one row per source and day
    select
        source.network,
        source.source,
        days.day::date as day,
        load.state,
        load.reason,
        load.finished_at,
        coalesce(load.state in ('failed', 'rejected'), false) as is_failed,
        coalesce(newest.is_published, false) as is_published
    from source
    cross join generate_series(%(first_day)s::date, %(last_day)s::date, interval '1 day') as days (day)
    left join newest on source.network = newest.network and newest.day = days.day::date
    left join load on newest.place = load.place
)

select
    day.network,
    day.source,
    report.report,
    day.day,
    case
        when coverage.state is not null then coverage.state
        when day.is_failed or day.state = 'waiting' then day.state
        when day.state in ('fetching', 'staged') then 'loading'
        when day.is_published then 'untold'
        when day.day >= %(begins)s::date and day.day <= coalesce(%(ends)s::date, 'infinity') then 'missing'
        else 'outside'
    end as state,
    case
        when coverage.state is not null then coverage.reason
        when day.is_failed or day.state = 'waiting' then day.reason
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
        and coverage.day between %(first_day)s::date and %(last_day)s::date -- so that others are not read
left join load on coverage.load_id = load.load_id
order by day.source, day.network, report.report, day.day
