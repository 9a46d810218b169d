-- one row per day, network and client that a cell to rebuild may rest on, numbered by `place`, with whose numbers they are: `own`, of the
-- network that a source is named after; `origins`, of visits that came from it; or `site`, the whole site.
-- The networks of a month's visits are those that the client's file names, and those that sent traffic in it; a week
-- has the networks of both its months, so that the days of the other one count as the zeros they are.
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
    dense_rank() over (order by client, networks, network) as place,
    day.*
from day;

-- one row per client x network x report x day that a source has answered, with the measures that it hides on that day,
-- and those that it gives at all. A site's visits are counted by one source a day, whatever it is called: its reports
-- stand under no network here.
create temporary table answered on commit drop as
with own as (
    select distinct
        client,
        network,
        source
    from expected
    where networks = 'own'
),

ledger as (
    select
        coverage.client,
        coalesce(own.network, '') as network,
        coverage.source,
        coverage.report,
        coverage.day,
        slice_day.week,
        slice_day.month,
        coverage.state,
        coverage.without
    from core.coverage as coverage
    inner join slice_day on coverage.client = slice_day.client and coverage.day = slice_day.day
    inner join catalogue.source as source on coverage.source = source.source and not source.is_whole
    left join own
        on
            coverage.client = own.client
            and coverage.network = own.network
            and coverage.source = own.source
    where coverage.state != 'unanswered' -- nothing is known of such a day, only why
),

hidden as ( -- what a service hides from the account has a line of its own, such as traffic.revenue
    select
        client,
        network,
        day,
        split_part(report, '.', 1) as report,
        array_agg(split_part(report, '.', 2)) as measures
    from ledger
    where state = 'no_access' and position('.' in report) > 0
    group by client, network, day, split_part(report, '.', 1)
),

given as (
    select
        source,
        report,
        array_agg(distinct measure) as measures
    from catalogue.given
    where grain = 'day'
    group by source, report
)

select distinct on (ledger.client, ledger.network, ledger.report, ledger.day)
    ledger.*,
    coalesce(hidden.measures, '{}') as hidden,
    coalesce(given.measures, '{}') as given
from ledger
left join hidden
    on
        ledger.client = hidden.client
        and ledger.network = hidden.network
        and ledger.day = hidden.day
        and ledger.report = hidden.report
left join given on ledger.source = given.source and ledger.report = given.report
where position('.' in ledger.report) = 0
order by ledger.client, ledger.network, ledger.report, ledger.day, ledger.state = 'no_access', ledger.state;

-- one row per network and week or month of the grid: how many of its days the client has. A month is whole, or left out.
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

-- One row per network and week or month of a report that has answered for some of its days: `without` are the measures
-- that one of them lacks, `known_days` those that it has given something of, and `flags` stands for each day.
create temporary table answered_period on commit drop as
with counted as (
    select
        client,
        network,
        report,
        case grouping(week) when 0 then 'week' else 'month' end as grain,
        coalesce(week, month) as period,
        min(day) as first_day,
        count(*)::integer as days,
        case when min(given) = max(given) then min(given) end as given, -- null = it is not always the same
        bool_or(state = 'no_access') as has_no_access,
        bool_or(state = 'flagged') as is_flagged,
        array_agg(day) filter (where state != 'no_access') as known_days,
        case when bool_or(state = 'flagged') then array_agg(state = 'flagged' order by day) end as flags
    from answered
    group by grouping sets ((client, network, report, week), (client, network, report, month))
),

lacking as (
    select
        answered.client,
        answered.network,
        answered.report,
        period.grain,
        period.period,
        array_agg(distinct lack.measure) as measures
    from answered
    cross join lateral unnest(answered.without) as lack (measure)
    cross join lateral (values ('week', answered.week), ('month', answered.month)) as period (grain, period)
    group by answered.client, answered.network, answered.report, period.grain, period.period
)

select
    counted.*,
    coalesce(lacking.measures, '{}') as without
from counted
left join lacking
    on
        counted.client = lacking.client
        and counted.network = lacking.network
        and counted.report = lacking.report
        and counted.grain = lacking.grain
        and counted.period = lacking.period;

-- What sources say, as facts/<kind>/days.sql have it from core: one row per network, measure of a report, and week or
-- month of the grid, with a number for each of its days: zero where core has no row, null where the number was asked for
-- and not given.
create temporary table fact (
    place bigint not null, -- of the grid
    report text not null,
    measure text not null,
    grain text not null,
    period date not null,
    numbers numeric[] not null,
    is_late boolean[] -- read later than it should have been; null = none was
) on commit drop;

-- The new cells of days. Those of a day that is not kept are parts of a week only. The days of a `week` or a `month` are
-- to be added up; null = that is done.
create temporary table day_cell (
    client text not null,
    network text not null,
    measure text not null,
    day date not null,
    value numeric,
    reason text,
    is_derived boolean not null default false,
    is_late boolean not null default false,
    is_flagged boolean not null default false,
    week date,
    month date,
    is_kept boolean not null default true
) on commit drop;

-- the new cells of weeks and months, as in marts.measure_periods
create temporary table cell (
    client text not null,
    network text not null,
    measure text not null,
    grain text not null,
    period date not null,
    value numeric,
    reason text,
    completeness numeric not null,
    is_derived boolean not null default false,
    is_late boolean not null default false,
    is_flagged boolean not null default false
) on commit drop;

-- the new days of months, as in marts.daily
create temporary table daily (
    client text not null,
    network text not null,
    measure text not null,
    month date not null,
    first_day date not null,
    numbers numeric[] not null,
    reasons text[],
    is_derived boolean[],
    is_late boolean[],
    is_flagged boolean[]
) on commit drop;

analyze grid (place, client, networks, network, day);
analyze grid_period;
analyze answered (client, network, report, day);
analyze answered_period (client, network, report, grain, period)
