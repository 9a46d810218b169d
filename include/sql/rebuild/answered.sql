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

-- One row per network and week or month of a report that has answered for some of its days: `without` are the measures
-- that one of them lacks, `known_days` the days that it has given something of; `flags` has each of its days.
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

analyze answered (client, network, report, day);
analyze answered_period (client, network, report, grain, period)
