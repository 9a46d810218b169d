-- The letters that may be written now: one row per client, kind and month.
--   the month's letter  about the month before, from the client's hour on the 4th for 7 days; and again, if there is
--                       none yet, from the 14th, when the month is judged for good
-- About a month that is named, letters are due at any time.
with local as ( -- a client's day begins at its hour
    select
        client,
        report -> 'letters' as letters,
        extract(day from now - make_interval(hours => (report ->> 'hour')::integer)) as day,
        coalesce(%(month)s::date, (date_trunc('month', now) - interval '1 month')::date) as month
    from core.client
    cross join lateral (select %(as_of)s::timestamptz at time zone time_zone as now) as clock
    where %(clients)s::text[] is null or client = any(%(clients)s)
)

select
    local.client,
    local.month,
    -- a letter that waits is taken back by one of its kind, also if nothing is missed any more
    case
        when local.letters ? 'missed' and (judged.has_missed or not local.letters ? 'monthly') then 'missed'
        else 'monthly'
    end as kind
from local
cross join lateral (
    select coalesce(bool_or(verdict.verdict = 'missed'), false) as has_missed
    from marts.verdict as verdict
    where verdict.client = local.client and verdict.month = local.month
) as judged
cross join lateral (
    select count(*) > 0 as is_written
    from marts.letter as letter
    where letter.client = local.client and letter.month = local.month and letter.kind in ('missed', 'monthly')
) as outbox
where
    (local.letters ? 'missed' or local.letters ? 'monthly')
    and (
        %(month)s::date is not null
        or local.day between 4 and 10
        or (local.day between 14 and 20 and not outbox.is_written)
    )
order by local.client, kind
