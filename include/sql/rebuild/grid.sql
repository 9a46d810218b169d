-- one row per day, network and client that a cell to rebuild may rest on, with whose numbers they are: `own`, of the
-- network that a source is named after, or `origins`, of visits, the whole site's among them.
-- The networks of a month's visits are those that the client's file names, and those that sent traffic in it; a week has
-- the networks of both its months, so that the days of the other one count as the zeros they are.
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
)

select
    slice_day.client,
    'origins' as networks,
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
inner join own on slice_day.client = own.client and slice_day.day <= own.last_day;

-- one row per client x network x report x day that a source has answered. A site's visits are counted by one source a
-- day, whatever it is called: its reports stand under no network here.
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
)

select distinct on (client, network, report, day) *
from ledger
order by client, network, report, day, state = 'no_access', state;

-- The new cells, as in marts.measure. Those of a day that are not kept are parts of a week only.
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
    is_flagged boolean not null default false,
    week date,
    month date,
    is_kept boolean not null default true
) on commit drop;

analyze grid;
analyze answered
