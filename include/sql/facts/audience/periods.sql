-- How many of the people reached in a week or month were of the client's target audience, and of how many the
-- service knows whether they were. Services tell sex and age of one part of the people reached and the city of another,
-- so that what is known of is counted in the same block as the audience.
insert into cell (client, network, measure, grain, period, value, reason, completeness, is_flagged)
with wanted as ( -- the groups of one block
    select
        client,
        network,
        min(block) as block,
        array_agg(value) as groups
    from core.wanted_audience
    group by client, network
),

told as (
    select
        reached.client,
        reached.network,
        reached.grain,
        reached.period,
        reached.value as reach,
        reached.reason,
        reached.completeness,
        reached.is_flagged,
        sum(audience.reach) as known,
        coalesce(sum(audience.reach) filter (where audience.value = any(wanted.groups)), 0) as wanted
    from cell as reached
    inner join wanted on reached.client = wanted.client and reached.network = wanted.network
    left join core.audience as audience
        on
            reached.client = audience.client
            and reached.network = audience.network
            and reached.grain = audience.grain
            and reached.period = audience.period
            and wanted.block = audience.block
    where reached.measure = 'reach' and reached.grain != 'day'
    group by
        reached.client,
        reached.network,
        reached.grain,
        reached.period,
        reached.value,
        reached.reason,
        reached.completeness,
        reached.is_flagged
)

select
    told.client,
    told.network,
    fact.measure,
    told.grain,
    told.period,
    case when told.reason is null then fact.value end as value,
    case when told.reason is not null then told.reason when fact.value is null then 'not_applicable' end as reason,
    case when fact.value is null then 0 else told.completeness end as completeness,
    told.is_flagged
from told
-- where nobody was reached, a service leaves the block out
cross join lateral (
    values
    ('audience_reach', case when told.known is not null then told.wanted when told.reach = 0 then 0 end),
    ('audience_known', case when told.known is not null then told.known when told.reach = 0 then 0 end)
) as fact (measure, value)
