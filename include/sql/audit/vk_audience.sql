-- One row per staged load of VK: what the audit has to know of staging.vk_audience.
with told as ( -- one row per week or month and block: the people of it, and the people reached
    select
        audience.client,
        audience.load_id,
        sum(audience.reach) as people,
        max(stats.reach) as reach
    from core.load as load
    inner join staging.vk_audience as audience on audience.client = load.client and audience.load_id = load.load_id
    left join staging.vk_stats as stats
        on
            stats.client = audience.client and stats.load_id = audience.load_id
            and stats.network = audience.network and stats.grain = audience.grain and stats.period = audience.period
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
left join staging.vk_audience as audience on audience.client = load.client and audience.load_id = load.load_id
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = 'vk'
group by load.client, load.load_id
