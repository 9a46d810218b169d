-- The months that build_kpis has to rebuild after this load: those of the days it has claimed, and, because followers
-- are counted back from the first count of members by joins and leaves, every covered month up to that count if this
-- load brought the count or joins and leaves before it.
insert into core.change (client, month)
select distinct
    client,
    date_trunc('month', day)::date
from core.coverage
where client = %(client)s and load_id = %(load_id)s
union
select distinct
    coverage.client,
    date_trunc('month', coverage.day)::date
from core.coverage as coverage
inner join (
    select
        client,
        network,
        min(day) as day
    from core.vk_members
    where client = %(client)s
    group by client, network
) as first_count
    on first_count.client = coverage.client and first_count.network = coverage.network
where
    coverage.client = %(client)s
    and coverage.day <= first_count.day
    and (
        exists (
            select from core.coverage as claim
            where
                claim.client = coverage.client and claim.network = first_count.network
                and claim.load_id = %(load_id)s and claim.report = 'stats' and claim.day < first_count.day
        )
        or exists (
            select from core.vk_members as counted
            where
                counted.client = coverage.client and counted.network = first_count.network
                and counted.day = first_count.day and counted.load_id = %(load_id)s
        )
    )
on conflict do nothing
