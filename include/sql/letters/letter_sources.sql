-- Who measured what was judged: one row per KPI x source that gave any part of it in the month. Figures that the client
-- gave, by the newest load of their file, are of the source `client`.
with giver as (
    select distinct on (network)
        network,
        case health ->> 'given_by' when 'client' then 'client' else source end as source
    from core.load
    where client = %(client)s and source = 'figures' and state = 'published'
    order by network asc, finished_at desc
),

judged as (
    select *
    from marts.verdict
    where client = %(client)s and month = %(month)s
),

part as (
    select distinct
        judged.client,
        judged.month,
        judged.network,
        judged.kpi,
        measure.measure,
        measure.source,
        measure.report,
        coalesce(term.network_pin, judged.network) as part
    from judged
    inner join catalogue.term as term on judged.kpi = term.kpi
    inner join catalogue.measure as measure on term.measure = measure.measure
)

select
    client,
    network,
    kpi,
    source
from part
where
    exists (
        select from core.coverage as coverage
        where
            coverage.client = part.client
            and coverage.report = part.report
            and coverage.state not in ('no_access', 'unanswered')
            and coverage.day between part.month and (part.month + interval '1 month')::date - 1
            -- GA4 tells the networks apart itself; elsewhere a source is a network
            and (part.source = 'ga4' or part.part in ('all', 'site') or part.part = coverage.network)
    )
union
select
    part.client,
    part.network,
    part.kpi,
    coalesce(giver.source, 'figures') as source
from part
inner join core.figure as figure
    on
        part.client = figure.client
        and part.measure = figure.measure
        and (part.part in ('all', 'site') or part.part = figure.network)
        and date_trunc('month', figure.period)::date = part.month
left join giver on figure.file = giver.network
union
select
    part.client,
    part.network,
    part.kpi,
    coalesce(giver.source, load.source) as source
from part
inner join core.lead_part as lead on part.client = lead.client
inner join core.load as load on lead.client = load.client and lead.source = load.network
left join giver on load.network = giver.network
where part.measure = 'leads'
order by source, kpi, network
