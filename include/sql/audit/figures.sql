-- One row per staged load of figures: what the audit has to know of staging.figures. A number has one source: a figure
-- must not give what one of the client's APIs gives for the same network. What another of its files gives is known when
-- both are published: refuse/figures.sql.
with staged as (
    select figures.*
    from core.load as load
    inner join staging.figures as figures on figures.client = load.client and figures.load_id = load.load_id
    where load.run_id = %(run_id)s and load.state = 'staged'
),

given as (
    select
        staged.client,
        staged.load_id,
        staged.network || '.' || staged.measure as cell
    from staged
    inner join catalogue.measure as measure on measure.measure = staged.measure
    where
        measure.source = 'derived'
        or (
            measure.source = 'vk'
            and exists (
                select from core.client_network as own
                where own.client = staged.client and own.network = staged.network and own.source = 'vk'
            )
            and ( -- VK's messages are counted only for who counts them as leads
                measure.report <> 'messages'
                or exists (
                    select from core.lead_part as part
                    where part.client = staged.client and part.source = staged.network and part.part = 'messages'
                )
            )
        )
        or (
            measure.source = 'ga4'
            and exists (
                select from core.coverage as coverage
                inner join core.load as load
                    on load.client = coverage.client and load.load_id = coverage.load_id and load.source = 'ga4'
                where coverage.client = staged.client
            )
        )
),

facts as (
    select
        client,
        load_id,
        count(*) as n_rows,
        count(*) - count(distinct row(network, measure, grain, period)) as n_doubled
    from staged
    group by client, load_id
)

select
    load.client,
    load.load_id,
    coalesce(facts.n_rows, 0) as n_rows,
    coalesce(facts.n_doubled, 0) as n_doubled,
    (
        select string_agg(distinct given.cell, ', ')
        from given
        where given.client = load.client and given.load_id = load.load_id
    ) as given_twice
from core.load as load
left join facts on facts.client = load.client and facts.load_id = load.load_id
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = 'figures'
