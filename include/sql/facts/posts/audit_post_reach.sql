-- One row per staged load of posts: what the audit has to know of staging.post_reach.
select
    load.client,
    load.load_id,
    count(reach.client) as n_rows,
    count(reach.client) - count(distinct row(reach.network, reach.post_id)) filter (
        where reach.client is not null
    ) as n_doubled,
    count(*) filter (
        where
        least(reach.reach, reach.reach_followers, reach.link_clicks, reach.joins, reach.saves) < 0
    ) as n_negative,
    count(*) filter (where reach.network <> load.network) as n_foreign,
    count(*) filter (where reach.reach_followers > reach.reach) as n_followers_beyond_reach
from core.load as load
left join staging.post_reach as reach on reach.client = load.client and reach.load_id = load.load_id
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = any(%(sources)s)
group by load.client, load.load_id
