-- What is counted from the followers of each day.
-- The followers at the end of the day before the period: of weeks and months as those that ended then have them.
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_derived, is_flagged, week, month, is_kept
)
with opened as (
    select
        slice_period.client,
        slice_period.grain,
        slice_period.period,
        case slice_period.grain
            when 'week' then 7
            else slice_period.period - (slice_period.period - interval '1 month')::date
        end as days_before
    from slice_period
    where slice_period.through_day is not null
    union all
    select
        client,
        'day' as grain,
        day as period,
        1 as days_before
    from slice_day
    where is_kept
),

followed as (
    select
        client,
        network,
        is_daily,
        max(day) as last_day
    from stock
    where measure = 'followers'
    group by client, network, is_daily
)

select
    followed.client,
    followed.network,
    'followers_opening' as measure,
    opened.grain,
    opened.period,
    counted.value,
    case when counted.value is null then coalesce(before.reason, 'source_missing') end as reason,
    case
        when counted.value is null then 0
        else 1 - (opened.period - 1 - counted.day)::numeric / opened.days_before
    end as completeness,
    coalesce(counted.is_derived, false) as is_derived,
    coalesce(counted.is_flagged, false) as is_flagged,
    case when opened.grain = 'day' then date_trunc('week', opened.period::timestamp)::date end as week,
    case when opened.grain = 'day' then date_trunc('month', opened.period::timestamp)::date end as month,
    true as is_kept
from opened
inner join followed
    on
        opened.client = followed.client
        and opened.period <= followed.last_day
        and (followed.is_daily or opened.grain = 'month')
left join stock as before
    on
        followed.client = before.client
        and followed.network = before.network
        and before.measure = 'followers'
        and opened.period - 1 = before.day
left join stock as counted
    on
        before.client = counted.client
        and before.network = counted.network
        and before.measure = counted.measure
        and before.stands_on = counted.day
        and (opened.grain != 'day' or before.day = counted.day);

-- Each day's followers, to be summed and to be averaged.
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_derived, is_flagged, week, month, is_kept
)
select
    followers.client,
    followers.network,
    each_day.measure,
    followers.grain,
    followers.period,
    followers.value,
    followers.reason,
    followers.completeness,
    followers.is_derived,
    followers.is_flagged,
    followers.week,
    followers.month,
    followers.is_kept
from cell as followers
cross join (values ('follower_days'), ('followers_average')) as each_day (measure)
where followers.measure = 'followers' and followers.grain = 'day';

-- The followers that each post had on its day. Reactions to all posts over the followers of some of them would be a
-- wrong rate: a day of posts whose followers can never be known is not applicable, and with it its week and month.
insert into cell (
    client, network, measure, grain, period, value, reason, completeness, is_derived, is_flagged, week, month, is_kept
)
with told as (
    select
        posts.*,
        posts.value * coalesce(counted.value, 0) as post_followers,
        posts.value > 0 and (counted.is_derived or counted.day < posts.period) as rests_on_derived,
        posts.value > 0 and counted.is_flagged as rests_on_flagged,
        case
            when posts.value is null then posts.reason
            when posts.value = 0 or counted.value is not null then null
            when that_day.reason = 'no_access' then 'no_access'
            else 'not_applicable'
        end as unknown
    from cell as posts
    inner join stock as that_day
        on
            posts.client = that_day.client
            and posts.network = that_day.network
            and posts.period = that_day.day
            and that_day.measure = 'followers'
            and that_day.is_daily
    left join stock as counted
        on
            that_day.client = counted.client
            and that_day.network = counted.network
            and that_day.measure = counted.measure
            and that_day.stands_on = counted.day
    where posts.measure = 'posts' and posts.grain = 'day'
)

select
    client,
    network,
    'post_followers' as measure,
    grain,
    period,
    case when unknown is null then post_followers end as value,
    unknown as reason,
    case when unknown is null then 1 else 0 end as completeness,
    coalesce(rests_on_derived, false) as is_derived,
    is_flagged or coalesce(rests_on_flagged, false) as is_flagged,
    week,
    month,
    is_kept
from told
