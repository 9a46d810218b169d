-- What a client's month cost: ads and fee, each only where all of it is known.
select
    client,
    measure,
    coalesce(max(value) filter (where network = 'all'), sum(value)) as value
from marts.measure
where
    client = %(client)s
    and period = %(month)s
    and grain = 'month'
    and measure in ('spend', 'fee')
group by client, measure
having bool_and(value is not null and completeness = 1)
order by measure desc
