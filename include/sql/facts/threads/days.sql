-- Threads that people began with the pages whose messages the client counts, and comments below the posts of pages, by
-- the day on which they began, and those that were answered. A thread that nobody has answered yet is settled once its
-- 24 hours are over; one read earlier is neither answered nor unanswered. Minutes from the beginning to the answer: the
-- median of a day's answered threads. Null = nobody was answered.
insert into fact (place, report, measure, grain, period, numbers)
with counted as (
    select
        thread.client,
        thread.network,
        thread.kind,
        thread.day,
        count(*) as threads,
        count(*) filter (
            where thread.answered_at is not null or thread.fetched_at >= thread.started_at + interval '24 hours'
        ) as settled,
        count(thread.answered_at) as answered,
        percentile_cont(0.5) within group (order by extract(epoch from thread.answered_at - thread.started_at) / 60)
            as minutes
    from core.threads as thread
    inner join slice_day on thread.client = slice_day.client and thread.day = slice_day.day
    group by thread.client, thread.network, thread.kind, thread.day
),

spread as (
    select
        grid.place,
        expected.report as kind,
        grid.day,
        grid.week,
        grid.month,
        grid.is_kept,
        coalesce(counted.threads, 0) as threads,
        coalesce(counted.settled, 0) as settled,
        coalesce(counted.answered, 0) as answered,
        counted.minutes::numeric as minutes
    from grid
    inner join expected
        on
            grid.client = expected.client
            and grid.network = expected.network
            and grid.networks = expected.networks
            and expected.report in ('messages', 'comments')
    left join counted
        on
            grid.client = counted.client
            and grid.network = counted.network
            and grid.day = counted.day
            and expected.report = counted.kind
),

packed as (
    select
        place,
        kind,
        case grouping(week) when 0 then 'week' else 'month' end as grain,
        coalesce(week, month) as period,
        array_agg(threads order by day) as threads,
        array_agg(settled order by day) as settled,
        array_agg(answered order by day) as answered,
        array_agg(minutes order by day) as minutes
    from spread
    group by grouping sets ((place, kind, week), (place, kind, month))
    having grouping(week) = 0 or bool_and(is_kept)
)

select
    packed.place,
    packed.kind as report,
    thread.measure,
    packed.grain,
    packed.period,
    thread.numbers
from packed
inner join
    lateral (
        values
        ('messages', 'messages', packed.threads::numeric[]),
        ('messages', 'messages_settled', packed.settled::numeric[]),
        ('messages', 'messages_answered', packed.answered::numeric[]),
        ('messages', 'response_minutes', packed.minutes),
        ('comments', 'comments_settled', packed.settled::numeric[]),
        ('comments', 'comments_answered', packed.answered::numeric[]),
        ('comments', 'comment_response_minutes', packed.minutes)
    ) as thread (kind, measure, numbers)
    on packed.kind = thread.kind
