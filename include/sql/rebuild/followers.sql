-- What is counted from the followers of each day.
-- The followers at the end of the day before.
insert into day_cell (client, network, measure, day, value, reason, is_derived, is_flagged, week, month)
with followed as (
    select
        client,
        network,
        max(day) as last_day
    from stock
    where measure = 'followers' and is_daily
    group by client, network
)

select
    followed.client,
    followed.network,
    'followers_opening' as measure,
    opened.day,
    before.value,
    case when before.value is null then coalesce(before.reason, 'source_missing') end as reason,
    coalesce(before.is_derived, false) as is_derived,
    coalesce(before.is_flagged, false) as is_flagged,
    opened.week,
    opened.month
from slice_day as opened
inner join followed on opened.client = followed.client and opened.day <= followed.last_day
left join stock as before
    on
        followed.client = before.client
        and followed.network = before.network
        and before.measure = 'followers'
        and opened.day - 1 = before.day
where opened.is_kept;

-- The same of weeks and months, as those that ended then have them.
insert into cell (client, network, measure, grain, period, value, reason, completeness, is_derived, is_flagged)
with opened as (
    select
        client,
        grain,
        period,
        case grain when 'week' then 7 else period - (period - interval '1 month')::date end as days_before
    from slice_period
    where through_day is not null
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
    coalesce(counted.is_flagged, false) as is_flagged
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
        and before.stands_on = counted.day;

-- Each day's followers, to be summed and to be averaged.
insert into day_cell (
    client, network, measure, day, value, reason, is_derived, is_flagged, week, month, is_kept
)
select
    followers.client,
    followers.network,
    each_day.measure,
    followers.day,
    followers.value,
    followers.reason,
    followers.is_derived,
    followers.is_flagged,
    followers.week,
    followers.month,
    followers.is_kept
from day_cell as followers
cross join (values ('follower_days'), ('followers_average')) as each_day (measure)
where followers.measure = 'followers';

-- The followers that each post had on its day. Reactions to all posts over the followers of some of them would be a
-- wrong rate: a day of posts whose followers can never be known is not applicable, and with it its week and month.
insert into day_cell (
    client, network, measure, day, value, reason, is_derived, is_flagged, week, month, is_kept
)
with told as (
    select
        posts.*,
        posts.value * coalesce(counted.value, 0) as post_followers,
        posts.value > 0 and (counted.is_derived or counted.day < posts.day) as rests_on_derived,
        posts.value > 0 and counted.is_flagged as rests_on_flagged,
        case
            when posts.value is null then posts.reason
            when posts.value = 0 or counted.value is not null then null
            when that_day.reason = 'no_access' then 'no_access'
            else 'not_applicable'
        end as unknown
    from day_cell as posts
    inner join stock as that_day
        on
            posts.client = that_day.client
            and posts.network = that_day.network
            and posts.day = that_day.day
            and that_day.measure = 'followers'
            and that_day.is_daily
    left join stock as counted
        on
            that_day.client = counted.client
            and that_day.network = counted.network
            and that_day.measure = counted.measure
            and that_day.stands_on = counted.day
    where posts.measure = 'posts'
)

select
    client,
    network,
    'post_followers' as measure,
    day,
    case when unknown is null then post_followers end as value,
    unknown as reason,
    coalesce(rests_on_derived, false) as is_derived,
    is_flagged or coalesce(rests_on_flagged, false) as is_flagged,
    week,
    month,
    is_kept
from told
