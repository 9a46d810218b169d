-- People, as GA4 counted them for that day, week or month, never added up.
-- The visitors of a day: of the whole site only.
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_flagged, week, month, is_kept
)
with told as (
    select
        grid.*,
        totals.active_users as value,
        answered.state = 'flagged' as is_flagged,
        case
            when answered.state is null then 'source_missing'
            when answered.state = 'no_access' then 'no_access'
            when 'users' = any(answered.without) then 'not_applicable'
            when totals.client is not null and totals.active_users is null then 'not_applicable'
        end as reason
    from grid
    left join answered on grid.client = answered.client and grid.day = answered.day and answered.report = 'totals'
    left join core.ga4_totals as totals on grid.client = totals.client and grid.day = totals.day
    where grid.source = 'ga4' and grid.network = 'site'
)

select
    client,
    network,
    'users' as measure,
    'day' as grain,
    day,
    case when reason is null then coalesce(value, 0) end as value,
    reason,
    case when reason is null then 1 else 0 end as completeness,
    coalesce(is_flagged, false) as is_flagged,
    week,
    month,
    is_kept
from told;

-- Weeks and months. GA4's answers say a zero; a period without a row was not asked for, or is withheld as telling of
-- too few people (flagged). Buyers are asked for of the whole site only.
insert into cell (client, network, measure, grain, period, value, reason, completeness, is_flagged)
with fact as (
    select
        client,
        network,
        grain,
        period,
        case visitors when 'all' then 'users' when 'new' then 'new_visitors' else 'returning_users' end as measure,
        active_users as value,
        through_day
    from core.ga4_users
    where client in (select span.client from span)
    union all
    select
        users.client,
        users.network,
        users.grain,
        users.period,
        buyer.measure,
        buyer.value,
        users.through_day
    from core.ga4_users as users
    cross join
        lateral (
            values ('buyers', users.buyers), ('first_buyers', users.first_buyers)
        ) as buyer (measure, value)
    where users.client in (select span.client from span) and users.network = 'site' and users.visitors = 'all'
),

asked as (
    select
        answered.client,
        period.grain,
        period.period,
        measure.measure,
        bool_or(answered.state = 'no_access') as has_no_access,
        bool_or(answered.state = 'flagged') as is_flagged,
        bool_or(measure.measure = any(answered.without)) as is_not_given
    from answered
    inner join catalogue.measure as measure on answered.report = measure.report
    cross join lateral (values ('week', answered.week), ('month', answered.month)) as period (grain, period)
    where answered.report = 'users'
    group by answered.client, period.grain, period.period, measure.measure
),

counted as (
    select
        expected.client,
        expected.network,
        measure.measure,
        slice_period.grain,
        slice_period.period,
        slice_period.last_day
    from slice_period
    inner join expected on slice_period.client = expected.client and expected.report = 'users'
    inner join catalogue.measure as measure on expected.report = measure.report
    where
        slice_period.grain != 'day'
        and slice_period.through_day is not null
        and (expected.network = 'site' or measure.measure not in ('buyers', 'first_buyers'))
    union
    select
        fact.client,
        fact.network,
        fact.measure,
        fact.grain,
        fact.period,
        slice_period.last_day
    from slice_period
    inner join fact
        on
            slice_period.client = fact.client
            and slice_period.grain = fact.grain
            and slice_period.period = fact.period
    where slice_period.through_day is not null
)

select
    counted.client,
    counted.network,
    counted.measure,
    counted.grain,
    counted.period,
    fact.value,
    case
        when fact.value is not null then null
        when asked.has_no_access then 'no_access'
        when fact.client is not null or asked.is_flagged or asked.is_not_given then 'not_applicable'
        else 'source_missing'
    end as reason,
    case
        when fact.value is null then 0
        else (fact.through_day - fact.period + 1)::numeric / (counted.last_day - counted.period + 1)
    end as completeness,
    coalesce(asked.is_flagged, false) as is_flagged
from counted
left join fact
    on
        counted.client = fact.client
        and counted.network = fact.network
        and counted.measure = fact.measure
        and counted.grain = fact.grain
        and counted.period = fact.period
left join asked
    on
        counted.client = asked.client
        and counted.grain = asked.grain
        and counted.period = asked.period
        and counted.measure = asked.measure
