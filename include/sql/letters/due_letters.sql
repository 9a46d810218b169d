-- The letters that may be written now: one row per client, kind and month.
--   the month's letter  about the month before, from the client's hour on the 4th for 7 days; and again, if none
--                       has gone out yet, from the 14th, when the month is judged for good
--                       and as long as one waits that no reader has: it may have to be taken back
--   correction          of a letter that went out, for 7 days from the hour of the day on which the month was judged
--                       for good: the 14th, or later, if it was rebuilt within three months
--   weekly              about the week before, from Monday's hour for 3 days
--   warnings            about the running month, every day from the hour on
-- About a month that is named and over, its letter and the correction are due at any time, and nothing else.
with local as (
    select
        client,
        time_zone,
        report -> 'letters' as letters,
        report ->> 'manager' as manager,
        make_interval(hours => (report ->> 'hour')::integer) as hour,
        %(as_of)s::timestamptz at time zone time_zone as now
    from core.client
    where %(clients)s::text[] is null or client = any(%(clients)s)
),

clock as ( -- a client's day begins at its hour
    select
        *,
        (now - hour)::date as today,
        extract(day from now - hour) as day,
        now - hour >= date_trunc('day', now) as is_open,
        date_trunc('month', now)::date as running,
        coalesce(%(month)s::date, (date_trunc('month', now) - interval '1 month')::date) as finished
    from local
),

months as (
    select running as month
    from clock
    union
    select finished as month
    from clock
    union
    select (running - make_interval(months => ago))::date as month
    from clock
    cross join generate_series(1, 3) as each (ago)
),

judged as (
    select
        client,
        month,
        array_agg(distinct verdict) as verdicts,
        max(evaluated_at) filter (where is_final) as settled_at
    from marts.verdict
    where month in (select each.month from months as each)
    group by client, month
),

written as (
    select
        client,
        month,
        bool_or( -- for good: neither taken back nor still to be replaced if it says something else
            kind in ('missed', 'monthly')
            and state not in ('draft', 'due', 'taken_back')
        ) as has_letter,
        bool_or(kind in ('missed', 'monthly') and is_waiting) as is_letter_waiting,
        bool_or(kind = 'correction' and is_waiting) as is_correction_waiting,
        bool_or(kind in ('missed', 'monthly') and state = 'sent') as has_sent,
        bool_or(kind = 'at_risk' and state = 'sent') as has_warned
    from (
        select
            *,
            -- and has not expired
            state in ('draft', 'due')
            and greatest(created_at, due_at, decided_at) >= %(as_of)s::timestamptz - interval '7 days' as is_waiting
        from marts.letter
        where month in (select each.month from months as each)
    ) as letter
    group by client, month
),

about as ( -- the finished month, and an earlier one whose letter waits
    select
        client,
        finished as month
    from clock
    union
    select
        written.client,
        written.month
    from written
    inner join clock on written.client = clock.client
    where %(month)s::date is null and written.is_letter_waiting and written.month < clock.running
),

warning as (
    select *
    from (
        values
        ('certain_miss', 'certain_miss'), ('at_risk', 'at_risk'), ('back_on_track', 'on_track')
    ) as kinds (kind, verdict)
)

select
    clock.client,
    about.month,
    -- a letter that waits is taken back by one of its kind, also if nothing is missed any more
    case
        when
            clock.letters ? 'missed'
            and (coalesce('missed' = any(judged.verdicts), false) or not clock.letters ? 'monthly')
            then 'missed'
        else 'monthly'
    end as kind
from clock
inner join about on clock.client = about.client
left join judged on about.client = judged.client and about.month = judged.month
left join written on about.client = written.client and about.month = written.month
where
    (clock.letters ? 'missed' or clock.letters ? 'monthly')
    and (
        (%(month)s::date is not null and clock.finished < clock.running)
        or (
            %(month)s::date is null
            and (
                clock.day between 4 and 10
                or (clock.day between 14 and 20 and not coalesce(written.has_letter, false))
                or written.is_letter_waiting
            )
        )
    )
union all
select
    clock.client,
    written.month,
    'correction' as kind
from clock
inner join written on clock.client = written.client
left join judged on written.client = judged.client and written.month = judged.month
where
    written.has_sent
    and case
        when %(month)s::date is not null then clock.finished = written.month
        else
            written.month between clock.running - interval '3 months' and clock.running - interval '1 month'
            and (
                clock.today - (judged.settled_at at time zone clock.time_zone)::date between 0 and 6
                or written.is_correction_waiting
            )
    end
union all
select
    clock.client,
    date_trunc('month', date_trunc('week', clock.today) - interval '7 days')::date as month,
    'weekly' as kind
from clock
where
    clock.letters ? 'weekly'
    and %(month)s::date is null
    and extract(isodow from clock.today) <= 3
union all
select
    clock.client,
    clock.running as month,
    warning.kind
from clock
inner join judged on clock.client = judged.client and clock.running = judged.month
inner join warning on warning.verdict = any(judged.verdicts)
left join written on clock.client = written.client and clock.running = written.month
where
    (clock.manager is not null or clock.letters ? warning.kind)
    and %(month)s::date is null
    and clock.is_open
    and (warning.kind != 'back_on_track' or coalesce(written.has_warned, false))
order by client, kind
