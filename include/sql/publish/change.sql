-- The months that build_kpis has to rebuild after this load: those of the days it has claimed, and, because followers
-- are counted back from the first count of members by joins and leaves, every covered month up to that count if this
-- load brought the count or joins and leaves before it.
with first_count as (
    select distinct on (network)
        network,
        period as day,
        source,
        load_id
    from core.counts
    where client = %(client)s and measure = 'followers' and counted_at is not null
    order by network, period
),

counted_back as (
    select distinct
        first_count.network,
        first_count.day
    from first_count
    left join catalogue.given as gains
        on gains.source = first_count.source and gains.measure = 'followers_gained' and gains.grain = 'day'
    left join core.coverage as claim
        on
            claim.client = %(client)s
            and claim.load_id = %(load_id)s
            and claim.report = gains.report
            and claim.network = first_count.network
            and claim.day < first_count.day
    where first_count.load_id = %(load_id)s or claim.day is not null
)

insert into core.change (client, month, load_id)
select
    client,
    date_trunc('month', day)::date,
    %(load_id)s
from core.coverage
where client = %(client)s and load_id = %(load_id)s
union
select
    coverage.client,
    date_trunc('month', coverage.day)::date,
    %(load_id)s
from core.coverage as coverage
inner join counted_back on counted_back.network = coverage.network and counted_back.day >= coverage.day
where coverage.client = %(client)s
on conflict do nothing
