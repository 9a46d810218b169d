-- What a client's month cost, and might: one row per network that ads, a fee or a budget are known or expected of.
-- `all` stands for the social networks only where none of them has a number of its own.
with cell as (
    select
        number.*,
        marts.marks(number) as marks,
        coalesce(network.is_social, named.is_social, false) as is_social
    from marts.measure_periods as number
    left join catalogue.network as network on number.network = network.network
    left join core.client_network as named on number.client = named.client and number.network = named.network
    where
        number.client = %(client)s
        and number.period = %(month)s
        and number.grain = 'month'
        and number.measure in ('spend', 'fee', 'budget')
),

shared as (
    select distinct measure
    from cell
    where is_social and value is not null
)

select
    cell.client,
    cell.measure,
    cell.network,
    cell.value,
    cell.reason,
    cell.marks
from cell
where cell.network != 'all' or cell.measure not in (select shared.measure from shared)
order by cell.measure desc, cell.value desc nulls last, cell.network asc
