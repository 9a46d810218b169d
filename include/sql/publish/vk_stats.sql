-- One row per day of the claimed days, and per week or month; of those, the answer that reaches
-- further stays; of two that reach equally far, the later one.
delete from core.vk_stats as old
using core.coverage as claim
where
    claim.client = %(client)s and claim.load_id = %(load_id)s and claim.report = 'stats'
    and old.client = claim.client and old.network = claim.network
    and old.grain = 'day' and old.period = claim.day;

delete from core.vk_stats as old
using staging.vk_stats as staged, core.load as this, core.load as earlier
where
    staged.client = %(client)s and staged.load_id = %(load_id)s and staged.grain <> 'day'
    and old.client = staged.client and old.network = staged.network
    and old.grain = staged.grain and old.period = staged.period
    and this.client = staged.client and this.load_id = staged.load_id
    and earlier.client = old.client and earlier.load_id = old.load_id
    and (old.through_day, earlier.as_of, earlier.load_id) <= (staged.through_day, this.as_of, this.load_id);

insert into core.vk_stats (
    client, network, grain, period, through_day, reach, reach_subscribers, visitors, page_views,
    likes, comments, reposts, joined, left_community, load_id
)
select
    staged.client,
    staged.network,
    staged.grain,
    staged.period,
    staged.through_day,
    staged.reach,
    staged.reach_subscribers,
    staged.visitors,
    staged.page_views,
    staged.likes,
    staged.comments,
    staged.reposts,
    staged.joined,
    staged.left_community,
    staged.load_id
from staging.vk_stats as staged
left join core.coverage as claim
    on
        claim.client = staged.client and claim.load_id = staged.load_id and claim.network = staged.network
        and claim.report = 'stats' and staged.grain = 'day' and claim.day = staged.period
where
    staged.client = %(client)s and staged.load_id = %(load_id)s
    and (staged.grain <> 'day' or claim.day is not null)
on conflict do nothing;

-- Who the people reached were, of the weeks and months whose numbers are now this load's.
delete from core.vk_audience as old
using core.vk_stats as stats
where
    stats.client = %(client)s and stats.load_id = %(load_id)s
    and old.client = stats.client and old.network = stats.network
    and old.grain = stats.grain and old.period = stats.period;

insert into core.vk_audience (client, network, grain, period, block, value, reach, load_id)
select
    staged.client,
    staged.network,
    staged.grain,
    staged.period,
    staged.block,
    staged.value,
    staged.reach,
    staged.load_id
from staging.vk_audience as staged
inner join core.vk_stats as stats
    on
        stats.client = staged.client and stats.load_id = staged.load_id and stats.network = staged.network
        and stats.grain = staged.grain and stats.period = staged.period
where staged.client = %(client)s and staged.load_id = %(load_id)s
