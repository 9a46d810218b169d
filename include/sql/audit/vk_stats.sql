-- One row per staged load of VK: what the audit has to know of staging.vk_stats.
with facts as (
    select
        stats.client,
        stats.load_id,
        count(*) as n_rows,
        count(*) - count(distinct row(stats.network, stats.grain, stats.period)) as n_doubled,
        count(*) filter (
            where
            least(
                stats.reach, stats.reach_subscribers, stats.visitors, stats.page_views, stats.likes,
                stats.comments, stats.reposts, stats.joined, stats.left_community
            ) < 0
        ) as n_negative,
        count(*) filter (where stats.reach_subscribers > stats.reach) as n_followers_beyond_reach,
        count(*) filter (where stats.network <> load.network) as n_foreign,
        count(*) filter (where stats.period <> date_trunc(stats.grain, stats.period::timestamp)::date) as n_misaligned
    from core.load as load
    inner join staging.vk_stats as stats on stats.client = load.client and stats.load_id = load.load_id
    where load.run_id = %(run_id)s and load.state = 'staged'
    group by stats.client, stats.load_id
),

told as ( -- days that VK said something of, if only that it may not be seen
    select
        known.client,
        known.load_id,
        count(distinct days.day) as n_days
    from core.load as load
    inner join staging.coverage as known on known.client = load.client and known.load_id = load.load_id
    cross join
        lateral generate_series(
            greatest(known.first_day, load.first_day), least(known.last_day, load.last_day), interval '1 day'
        ) as days (day)
    where load.run_id = %(run_id)s and load.state = 'staged' and known.report = 'stats'
    group by known.client, known.load_id
)

select
    load.client,
    load.load_id,
    load.last_day - load.first_day + 1 - coalesce(told.n_days, 0) as n_untold_days,
    coalesce(facts.n_rows, 0) as n_rows,
    coalesce(facts.n_doubled, 0) as n_doubled,
    coalesce(facts.n_negative, 0) as n_negative,
    coalesce(facts.n_foreign, 0) as n_foreign,
    coalesce(facts.n_misaligned, 0) as n_misaligned,
    coalesce(facts.n_followers_beyond_reach, 0) as n_followers_beyond_reach
from core.load as load
left join facts on facts.client = load.client and facts.load_id = load.load_id
left join told on told.client = load.client and told.load_id = load.load_id
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = 'vk'
