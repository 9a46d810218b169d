-- What months cost and may cost, of some clients or (null) of all: one row per client and month in which ads, a fee or
-- a budget is known or expected. A sum is of what is known: `is_known` says whether no part of the ads and the fee is
-- missing, `is_whole` whether no day is, either. `all` stands for the social networks only where none of them has a
-- number of its own; costs of the whole site may be those of the networks, so they are not added. The offset changes no
-- row: it makes Postgres ask the keys of each client instead of reading all months.
with cell as (
    select
        client.client,
        client.currency,
        number.period as month,
        number.measure,
        number.network,
        number.value,
        number.value is not null and number.completeness = 1 as is_whole,
        bool_or(coalesce(network.is_social, named.is_social, false))
            over (partition by client.client, number.period, number.measure) as has_social
    from core.client as client
    cross join
        lateral (
            select found.*
            from marts.measure_periods as found
            where
                found.client = client.client
                and found.grain = 'month'
                and found.period between %(first)s::date and %(last)s::date
                and found.measure in ('spend', 'fee', 'budget')
            order by found.network, found.measure
            offset 0
        ) as number
    left join catalogue.network as network on number.network = network.network
    left join core.client_network as named on number.client = named.client and number.network = named.network
    where %(clients)s::text[] is null or client.client = any(%(clients)s)
),

summed as (
    select
        client,
        currency,
        month,
        sum(value) filter (where measure = 'spend') as spend,
        sum(value) filter (where measure = 'fee') as fee,
        sum(value) filter (where measure = 'budget') as budget,
        coalesce(bool_and(value is not null) filter (where measure != 'budget'), false) as is_known,
        coalesce(bool_and(is_whole) filter (where measure != 'budget'), false) as is_whole,
        array_agg(distinct measure) as expected
    from cell
    where network != 'site' and (network != 'all' or not has_social)
    group by client, currency, month
)

select
    summed.client,
    summed.currency,
    summed.month,
    summed.spend,
    summed.fee,
    summed.budget,
    summed.is_known,
    summed.is_whole,
    summed.expected || case when lead.kpi is not null then array['lead_cost'] end as expected,
    lead.value as lead_cost
from summed
left join marts.kpi_months as lead
    on
        summed.client = lead.client
        and summed.month = lead.period
        and lead.network = 'all'
        and lead.kpi = 'cost_per_lead'
order by summed.client asc, summed.month desc
