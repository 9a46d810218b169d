-- One row per staged load of VK: what the audit has to know of staging.vk_members, beside the count before it.
select
    load.client,
    load.load_id,
    count(counted.client) as n_rows,
    count(*) filter (where counted.members < 0) as n_negative,
    count(*) filter (where counted.network <> load.network) as n_foreign,
    -- null without a count in the three days before: nothing to compare with
    max(
        abs(counted.members - before.members)::double precision / nullif(before.members, 0)
    ) as jump
from core.load as load
left join staging.vk_members as counted on counted.client = load.client and counted.load_id = load.load_id
left join lateral (
    select known.members
    from core.vk_members as known
    where
        known.client = load.client and known.network = load.network
        and known.fetched_at between counted.fetched_at - interval '3 days' and counted.fetched_at
    order by known.fetched_at desc
    limit 1
) as before on true
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = 'vk'
group by load.client, load.load_id
