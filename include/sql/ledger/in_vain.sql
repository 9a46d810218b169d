-- Days that were loaded in vain since they were last published: one row per client x network x day, with how many days
-- the narrowest such load had, how many loads were of this day alone, and when and why the newest was in vain. That is
-- what the audit rejected, and what failed for good in a run that published other days of the network: then the days
-- themselves are at fault, and no token.
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
)

select
    asked_for.client,
    asked_for.network,
    asked_for.day,
    min(load.last_day - load.first_day + 1) as width,
    count(*) filter (where load.first_day = load.last_day) as alone,
    (max(load.started_at) at time zone 'UTC')::date as tried_on,
    (array_agg(load.reason order by load.started_at desc, load.load_id desc))[1] as reason
from asked_for
inner join in_vain as load
    on
        load.client = asked_for.client
        and load.network = asked_for.network
        and asked_for.day between load.first_day and load.last_day
where
    not exists (
        select from core.load as later
        where
            later.client = asked_for.client
            and later.network = asked_for.network
            and later.state = 'published'
            and later.started_at > load.started_at
            and asked_for.day between later.first_day and later.last_day
    )
group by asked_for.client, asked_for.network, asked_for.day
