-- Threads that people began with the communities whose messages the client counts, by the day on which they began, and
-- those that were answered. A thread that nobody has answered yet is settled once its 24 hours are over; one read
-- earlier is neither answered nor unanswered. Minutes from a first message to its answer: the median of a day's
-- answered threads. Null = nobody was answered.
insert into fact (place, report, measure, grain, period, numbers)
with counted as (
    select
        thread.client,
        thread.network,
        thread.day,
        count(*) as messages,
        count(*) filter (
            where thread.answered_at is not null or thread.fetched_at >= thread.started_at + interval '24 hours'
        ) as messages_settled,
        count(thread.answered_at) as messages_answered,
        percentile_cont(0.5) within group (order by extract(epoch from thread.answered_at - thread.started_at) / 60)
            as response_minutes
    from core.threads as thread
    inner join slice_day on thread.client = slice_day.client and thread.day = slice_day.day
    group by thread.client, thread.network, thread.day
),

spread as (
    select
        grid.place,
        grid.day,
        grid.week,
        grid.month,
        grid.is_kept,
        coalesce(counted.messages, 0) as messages,
        coalesce(counted.messages_settled, 0) as messages_settled,
        coalesce(counted.messages_answered, 0) as messages_answered,
        counted.response_minutes::numeric as response_minutes
    from grid
    inner join expected
        on
            grid.client = expected.client
            and grid.network = expected.network
            and grid.networks = expected.networks
            and expected.report = 'messages'
    left join counted
        on grid.client = counted.client and grid.network = counted.network and grid.day = counted.day
),

packed as (
    select
        place,
        case grouping(week) when 0 then 'week' else 'month' end as grain,
        coalesce(week, month) as period,
        array_agg(messages order by day) as messages,
        array_agg(messages_settled order by day) as messages_settled,
        array_agg(messages_answered order by day) as messages_answered,
        array_agg(response_minutes order by day) as response_minutes
    from spread
    group by grouping sets ((place, week), (place, month))
    having grouping(week) = 0 or bool_and(is_kept)
)

select
    packed.place,
    'messages' as report,
    message.measure,
    packed.grain,
    packed.period,
    message.numbers
from packed
cross join
    lateral (
        values
        ('messages', packed.messages::numeric[]),
        ('messages_settled', packed.messages_settled::numeric[]),
        ('messages_answered', packed.messages_answered::numeric[]),
        ('response_minutes', packed.response_minutes)
    ) as message (measure, numbers)
