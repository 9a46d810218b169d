-- The letters about the month before that are still to be written, from the beginning of the month on: one row per
-- client, with the manager's words for it. None of it is certain: verdicts may change until then, and what is at risk
-- counts as missed.
with local as (
    select
        *,
        report -> 'letters' as letters,
        %(as_of)s::timestamptz at time zone time_zone as now
    from core.client
    where %(clients)s::text[] is null or client = any(%(clients)s)
),

clock as (
    select
        *,
        (date_trunc('month', now) - interval '1 month')::date as month,
        date_trunc('month', now) + interval '3 days' + make_interval(hours => (report ->> 'hour')::integer) as written
    from local
),

judged as (
    select
        client,
        month,
        bool_or(verdict in ('missed', 'certain_miss', 'at_risk')) as has_missed -- until the 4th it is not over
    from marts.verdict
    where (client, month) in (
        select
            clock.client,
            clock.month
        from clock
    )
    group by client, month
)

select
    clock.client,
    clock.name,
    clock.language,
    clock.time_zone,
    clock.month,
    case
        when clock.letters ? 'missed' and (judged.has_missed or not clock.letters ? 'monthly')
            then 'missed'
        else 'monthly'
    end as kind,
    clock.written at time zone clock.time_zone as due_at,
    clock.report -> 'to' as readers,
    clock.report ->> 'manager' as manager,
    coalesce(words.comment, '{}') as comment,
    coalesce(words.next_steps, '{}') as next_steps
from clock
inner join judged on clock.client = judged.client and clock.month = judged.month
left join core.coming_words as words on clock.client = words.client and clock.month = words.month
where
    clock.now < clock.written + interval '7 days' -- due_letters.sql writes it until then
    and (clock.letters ? 'monthly' or (clock.letters ? 'missed' and judged.has_missed))
    and not exists (
        select from marts.letter as letter
        where
            letter.client = clock.client
            and letter.month = clock.month
            and letter.kind in ('missed', 'monthly')
            and letter.state != 'taken_back'
    )
order by due_at, clock.client
