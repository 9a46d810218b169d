-- Minutes from a first message, or a comment, to its answer: the median of the answered threads of each week and month,
-- which no median of days' medians would give. Whole where every day of the period is known.
insert into cell (client, network, measure, grain, period, value, reason, completeness, is_flagged)
with kind (kind, answered, minutes) as (
    values
    ('messages', 'messages_answered', 'response_minutes'),
    ('comments', 'comments_answered', 'comment_response_minutes')
),

known as (
    select
        day.client,
        day.network,
        kind.kind,
        kind.minutes as measure,
        period.grain,
        period.period,
        period.last_day - period.period + 1 as days,
        count(day.value) as known_days,
        min(day.reason) filter (where day.reason != 'source_missing') as reason,
        bool_or(day.is_flagged) as is_flagged
    from day_cell as day
    inner join kind on day.measure = kind.answered
    cross join
        lateral (
            values
            ('week', day.week, day.week + 6),
            ('month', day.month, (day.month + interval '1 month - 1 day')::date)
        ) as period (grain, period, last_day)
    where period.grain = 'week' or day.is_kept
    group by day.client, day.network, kind.kind, kind.minutes, period.grain, period.period, period.last_day
),

answer as (
    select
        known.client,
        known.network,
        known.kind,
        known.grain,
        known.period,
        percentile_cont(0.5) within group (order by extract(epoch from thread.answered_at - thread.started_at) / 60)
            as minutes
    from known
    inner join core.threads as thread
        on
            known.client = thread.client
            and known.network = thread.network
            and known.kind = thread.kind
            and thread.day between known.period and known.period + known.days - 1
    where thread.answered_at is not null
    group by known.client, known.network, known.kind, known.grain, known.period
)

select
    known.client,
    known.network,
    known.measure,
    known.grain,
    known.period,
    case when known.reason is null and known.known_days > 0 then answer.minutes::numeric end as value,
    case
        when known.reason is not null then known.reason
        when known.known_days = 0 then 'source_missing'
        when answer.minutes is null then 'not_applicable' -- nobody was answered
    end as reason,
    case
        when known.reason is null and answer.minutes is not null then known.known_days::numeric / known.days else 0
    end as completeness,
    known.is_flagged
from known
left join answer
    on
        known.client = answer.client
        and known.network = answer.network
        and known.kind = answer.kind
        and known.grain = answer.grain
        and known.period = answer.period
