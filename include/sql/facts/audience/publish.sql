-- Who the people reached were, of the weeks and months whose numbers are now this load's.
delete from core.audience as old
using core.counts as counts
where
    counts.client = %(client)s and counts.load_id = %(load_id)s and counts.measure = 'reach'
    and old.client = counts.client and old.network = counts.network
    and old.grain = counts.grain and old.period = counts.period;

insert into core.audience (client, network, grain, period, block, value, reach, load_id)
select
    staged.client,
    staged.network,
    staged.grain,
    staged.period,
    staged.block,
    staged.value,
    staged.reach,
    staged.load_id
from staging.audience as staged
inner join core.counts as counts
    on
        counts.client = staged.client and counts.load_id = staged.load_id and counts.network = staged.network
        and counts.grain = staged.grain and counts.period = staged.period and counts.measure = 'reach'
where staged.client = %(client)s and staged.load_id = %(load_id)s
