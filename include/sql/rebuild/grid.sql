-- one row per day, network and client that a cell to rebuild may rest on, with whose numbers they are: `own`, of the
-- network that a source is named after; `origins`, of visits that came from it; or `site`, the whole site.
-- The networks of a month's visits are those that the client's file names, and those that sent traffic in it; a week
-- has the networks of both its months, so that the days of the other one count as the zeros they are. `place` numbers
-- the networks.
create temporary table grid on commit drop as
with own as (
    select
        client,
        network,
        max(last_day) as last_day
    from expected
    where networks = 'own'
    group by client, network
),

touched as (
    select distinct
        client,
        month
    from slice_day
),

visited as (
    select
        touched.client,
        touched.month,
        expected.network
    from touched
    inner join expected on touched.client = expected.client and expected.networks in ('origins', 'site')
    union
    select
        origin_month.client,
        origin_month.month,
        origin.network
    from origin_month
    inner join origin
        on origin_month.session_source = origin.session_source and origin_month.session_medium = origin.session_medium
),

visited_week as (
    select distinct
        visited.client,
        visited.network,
        slice_day.week
    from slice_day
    inner join visited on slice_day.client = visited.client and slice_day.month = visited.month
),

day as (
    select
        slice_day.client,
        case visited_week.network when 'site' then 'site' else 'origins' end as networks,
        visited_week.network,
        slice_day.day,
        slice_day.week,
        slice_day.month,
        slice_day.is_kept and visited.client is not null as is_kept
    from slice_day
    inner join visited_week on slice_day.client = visited_week.client and slice_day.week = visited_week.week
    left join visited
        on
            slice_day.client = visited.client
            and slice_day.month = visited.month
            and visited_week.network = visited.network
    union all
    select
        slice_day.client,
        'own' as networks,
        own.network,
        slice_day.day,
        slice_day.week,
        slice_day.month,
        slice_day.is_kept
    from slice_day
    inner join own on slice_day.client = own.client and slice_day.day <= own.last_day
)

select
    dense_rank() over (order by day.client, day.networks, day.network) as place,
    day.*
from day;

-- one row per network and week or month of the grid: how many of its days the client has. A month is whole, or left
-- out.
create temporary table grid_period on commit drop as
with place as (
    select distinct
        place,
        client,
        networks,
        network
    from grid
),

counted as (
    select
        place,
        case grouping(week) when 0 then 'week' else 'month' end as grain,
        coalesce(week, month) as period,
        min(day) as first_day,
        count(*)::integer as days
    from grid
    group by grouping sets ((place, week), (place, month))
    having grouping(week) = 0 or bool_and(is_kept)
)

select
    place.*,
    counted.grain,
    counted.period,
    counted.first_day,
    counted.days
from counted
inner join place on counted.place = place.place;

analyze grid (place, client, networks, network, day);
analyze grid_period
