-- The next turn of a token, a gap after the last one or now: one row. Where the token or one of the methods is
-- stopped there is no turn, and the row says until when. A last turn that is far ahead was granted by a clock that has
-- been set back since.
with stopped as (
    select
        until,
        reason
    from access.stop
    where
        token_hash = %(token_hash)s
        and (method = '' or method = any(%(methods)s))
        and until > clock_timestamp()
    order by until desc
    limit 1
),

taken as (
    insert into access.turn (token_hash, granted_at)
    select
        %(token_hash)s,
        clock_timestamp()
    where not exists (select from stopped)
    on conflict (token_hash) do update
        set granted_at = greatest(
            case when turn.granted_at < clock_timestamp() + interval '10 minutes' then turn.granted_at + %(gap)s end,
            clock_timestamp()
        )
    returning granted_at
)

select
    taken.granted_at,
    greatest(taken.granted_at - clock_timestamp(), interval '0') as wait,
    null as until,
    null as reason
from taken
union all
select
    null as granted_at,
    stopped.until - clock_timestamp() as wait,
    stopped.until,
    stopped.reason
from stopped
