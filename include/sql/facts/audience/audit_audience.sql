-- One row per staged load of audience: what the audit has to know of staging.audience.
with told as ( -- one row per week or month and block: the people of it, and the people reached
    select
        audience.client,
        audience.load_id,
        sum(audience.reach) as people,
        max(counts.value) as reach
    from core.load as load
    inner join staging.audience as audience on audience.client = load.client and audience.load_id = load.load_id
    left join staging.counts as counts
        on
            counts.client = audience.client and counts.load_id = audience.load_id
            and counts.network = audience.network and counts.measure = 'reach'
            and counts.grain = audience.grain and counts.period = audience.period
    where load.run_id = %(run_id)s and load.state = 'staged'
    group by audience.client, audience.load_id, audience.network, audience.grain, audience.period, audience.block
)

select
    load.client,
    load.load_id,
    count(audience.client) as n_rows,
    count(audience.client) - count(
        distinct row(audience.network, audience.grain, audience.period, audience.block, audience.value)
    ) filter (where audience.client is not null) as n_doubled,
    count(*) filter (where audience.reach < 0) as n_negative,
    count(*) filter (where audience.network <> load.network) as n_foreign,
    (
        select count(*)
        from told
        where told.client = load.client and told.load_id = load.load_id and told.people > coalesce(told.reach, 0)
    ) as n_beyond_reach
from core.load as load
left join staging.audience as audience on audience.client = load.client and audience.load_id = load.load_id
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = any(%(sources)s)
group by load.client, load.load_id
