-- The clients of one page of the overview: one row per client that has a target of the month or the month before, or
-- none at all yet, with how many verdicts of which kind it has, and how many clients there are on all pages.
with counted as (
    select
        client.client,
        client.name,
        client.currency,
        client.time_zone,
        count(*) filter (where verdict.verdict = 'missed') as missed,
        count(*) filter (where verdict.verdict = 'certain_miss') as certain_miss,
        count(*) filter (where verdict.verdict = 'at_risk') as at_risk,
        count(*) filter (where verdict.verdict = 'on_track') as on_track,
        count(*) filter (where verdict.verdict = 'met') as met,
        count(*) filter (where verdict.verdict in ('not_proven', 'not_measured')) as not_known,
        count(verdict.verdict) as judged
    from core.client as client
    left join marts.verdict as verdict
        on client.client = verdict.client and verdict.month in (%(month)s::date, %(before)s::date)
    group by client.client, client.name, client.currency, client.time_zone
)

select
    *,
    count(*) over () as clients
from counted
where
    (%(search)s::text = '' or position(lower(%(search)s::text) in lower(name || ' ' || client)) > 0)
    and case %(show)s::text
        when 'missed' then missed > 0
        when 'danger' then certain_miss + at_risk > 0
        when 'unknown' then not_known > 0 or judged = 0
        else true
    end
order by
    case when %(sort)s::text = 'worst' then missed + certain_miss end desc nulls last,
    case when %(sort)s::text = 'worst' then at_risk end desc nulls last,
    case when %(sort)s::text = 'worst' then not_known end desc nulls last,
    lower(name),
    client
limit %(size)s::integer offset %(size)s::integer * (%(page)s::integer - 1)
