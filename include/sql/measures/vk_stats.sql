-- What happened in VK's communities, by VK's days (UTC).
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_flagged, week, month, is_kept
)
with told as (
    select
        grid.*,
        fact.measure,
        fact.value,
        answered.state = 'flagged' as is_flagged,
        case
            when answered.state is null then 'source_missing'
            when answered.state = 'no_access' then 'no_access'
            when fact.measure = any(answered.without) then 'not_applicable'
            when stats.client is not null and fact.value is null then 'not_applicable'
        end as reason
    from grid
    left join answered
        on
            grid.client = answered.client
            and grid.network = answered.network
            and grid.day = answered.day
            and answered.report = 'stats'
    left join core.vk_stats as stats
        on
            grid.client = stats.client
            and grid.network = stats.network
            and stats.grain = 'day'
            and grid.day = stats.period
    cross join
        lateral (
            values
            ('reach', stats.reach),
            ('visitors', stats.visitors),
            ('likes', stats.likes),
            ('comments', stats.comments),
            ('reposts', stats.reposts),
            ('followers_gained', stats.joined),
            ('followers_lost', stats.left_community)
        ) as fact (measure, value)
    where grid.source = 'vk'
)

select
    client,
    network,
    measure,
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

-- People reached in a week or month, as VK counted them for it; never added up. Whole only if VK was asked through the
-- period's last day, and every day of it is known.
insert into cell (client, network, measure, grain, period, value, reason, completeness, is_flagged)
with asked as (
    select
        answered.client,
        answered.network,
        period.grain,
        period.period,
        stats.client is not null as is_told,
        stats.reach,
        stats.visitors,
        bool_or(answered.state = 'no_access') as has_no_access,
        bool_or(answered.state = 'flagged') as is_flagged,
        count(*) filter (where answered.state != 'no_access' and answered.day <= stats.through_day) as days
    from answered
    cross join lateral (values ('week', answered.week), ('month', answered.month)) as period (grain, period)
    left join core.vk_stats as stats
        on
            answered.client = stats.client
            and answered.network = stats.network
            and period.grain = stats.grain
            and period.period = stats.period
    where answered.report = 'stats'
    group by
        answered.client,
        answered.network,
        period.grain,
        period.period,
        stats.client,
        stats.reach,
        stats.visitors
)

select
    expected.client,
    expected.network,
    fact.measure,
    slice_period.grain,
    slice_period.period,
    fact.value,
    case
        when fact.value is not null then null
        when asked.has_no_access then 'no_access'
        when asked.is_told then 'not_applicable'
        else 'source_missing'
    end as reason,
    case
        when fact.value is null then 0
        else asked.days::numeric / (slice_period.last_day - slice_period.period + 1)
    end as completeness,
    coalesce(asked.is_flagged, false) as is_flagged
from slice_period
inner join expected
    on
        slice_period.client = expected.client
        and expected.report = 'stats'
        and slice_period.period <= expected.last_day
left join asked
    on
        expected.client = asked.client
        and expected.network = asked.network
        and slice_period.grain = asked.grain
        and slice_period.period = asked.period
cross join lateral (values ('reach', asked.reach), ('visitors', asked.visitors)) as fact (measure, value)
where slice_period.grain != 'day' and slice_period.through_day is not null
