-- Days that were loaded in vain since they were last published: one row per client x network x day, with how many days
-- the narrowest such load had, how many loads were of this day alone, and when and why the newest was in vain. That is
-- what the audit rejected; what failed for good in a run that published other days of the network, because then the
-- days themselves are at fault, and no token; and what was published of a day alone for which the source still gives no
-- answer.
with asked_for as (
    select *
    from unnest(%(clients)s::text[], %(networks)s::text[], %(days)s::date[]) as asked_for (client, network, day)
),

source as (
    select distinct
        client,
        network
    from asked_for
),

unanswered as (
    select
        asked_for.client,
        asked_for.network,
        asked_for.day,
        min(coverage.reason) as reason
    from asked_for
    inner join core.coverage as coverage
        on
            coverage.client = asked_for.client
            and coverage.network = asked_for.network
            and coverage.day = asked_for.day
    where coverage.state = 'unanswered'
    group by asked_for.client, asked_for.network, asked_for.day
),

in_vain as materialized (
    select load.*
    from source
    inner join core.load as load on load.client = source.client and load.network = source.network
    where
        load.state = 'rejected'
        or (
            load.state = 'failed'
            and not load.is_transient
            and exists (
                select from core.load as other
                where
                    other.run_id = load.run_id
                    and other.client = load.client
                    and other.network = load.network
                    and other.state = 'published'
            )
        )
        or (
            load.state = 'published'
            and load.first_day = load.last_day
            and exists (
                select from unanswered
                where
                    unanswered.client = load.client
                    and unanswered.network = load.network
                    and unanswered.day = load.first_day
            )
        )
)

select
    asked_for.client,
    asked_for.network,
    asked_for.day,
    min(load.last_day - load.first_day + 1) as width,
    count(*) filter (where load.first_day = load.last_day) as alone,
    -- a day of the client's, as the windows are: west of Greenwich, the day in UTC begins before the client's ends
    (max(load.started_at) at time zone coalesce(min(client.time_zone), 'UTC'))::date as tried_on,
    (array_agg(coalesce(load.reason, unanswered.reason) order by load.started_at desc, load.load_id desc))[1] as reason
from asked_for
left join unanswered
    on
        asked_for.client = unanswered.client
        and asked_for.network = unanswered.network
        and asked_for.day = unanswered.day
inner join in_vain as load
    on
        load.client = asked_for.client
        and load.network = asked_for.network
        and asked_for.day between load.first_day and load.last_day
left join core.client as client on asked_for.client = client.client
where
    unanswered.day is not null -- what is known of a day stays known, so no load has made it known
    or not exists (
        select from core.load as later
        where
            later.client = asked_for.client
            and later.network = asked_for.network
            and later.state = 'published'
            and later.started_at > load.started_at
            and asked_for.day between later.first_day and later.last_day
    )
group by asked_for.client, asked_for.network, asked_for.day
