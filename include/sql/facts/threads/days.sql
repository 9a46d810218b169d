-- Threads that people began with the communities whose messages the client counts, by the day on which they began, and
-- those that were answered. A thread that nobody has answered yet is settled once its 24 hours are over; one read
-- earlier is neither answered nor unanswered.
insert into fact (client, network, day, report, measure, value)
with counted as (
    select
        thread.client,
        thread.network,
        thread.day,
        count(*) as messages,
        count(*) filter (
            where thread.answered_at is not null or thread.fetched_at >= thread.started_at + interval '24 hours'
        ) as messages_settled,
        count(thread.answered_at) as messages_answered
    from core.threads as thread
    inner join slice_day on thread.client = slice_day.client and thread.day = slice_day.day
    group by thread.client, thread.network, thread.day
)

select
    counted.client,
    counted.network,
    counted.day,
    'messages' as report,
    message.measure,
    message.value
from counted
cross join
    lateral (
        values
        ('messages', counted.messages),
        ('messages_settled', counted.messages_settled),
        ('messages_answered', counted.messages_answered)
    ) as message (measure, value);

-- Minutes from a first message to its answer: the median of a day's answered threads. Null = nobody was answered.
insert into fact (client, network, day, report, measure, value)
select
    grid.client,
    grid.network,
    grid.day,
    'messages' as report,
    'response_minutes' as measure,
    percentile_cont(0.5) within group (order by extract(epoch from thread.answered_at - thread.started_at) / 60)
from grid
inner join expected
    on
        grid.client = expected.client
        and grid.network = expected.network
        and grid.networks = expected.networks
        and expected.report = 'messages'
left join core.threads as thread
    on
        grid.client = thread.client
        and grid.network = thread.network
        and grid.day = thread.day
        and thread.answered_at is not null
group by grid.client, grid.network, grid.day
