-- Who measured what was judged: one row per KPI x source that gave any part of it in the month. Lists that the client
-- gave, by the newest load of their file, are of the source `client`.
with giver as (
    select distinct on (load.network)
        load.network,
        case load.health ->> 'given_by' when 'client' then 'client' else load.source end as source
    from core.load as load
    inner join catalogue.source as source on load.source = source.source and source.is_whole
    where load.client = %(client)s and load.state = 'published'
    order by load.network asc, load.finished_at desc
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
        term.measure,
        coalesce(term.network_pin, judged.network) as part
    from judged
    inner join catalogue.term as term on judged.kpi = term.kpi
),

report as ( -- of whom a report's numbers are: of its own network, or of those that traffic came from
    select distinct
        source,
        report,
        measure,
        networks = 'own' as is_own
    from catalogue.given
)

select
    part.client,
    part.network,
    part.kpi,
    report.source
from part
inner join report on part.measure = report.measure
where
    exists (
        select from core.coverage as coverage
        where
            coverage.client = part.client
            and coverage.source = report.source
            and coverage.report = report.report
            and coverage.state not in ('no_access', 'unanswered')
            and coverage.day between part.month and (part.month + interval '1 month')::date - 1
            and (not report.is_own or part.part in ('all', 'site') or part.part = coverage.network)
    )
union
select
    part.client,
    part.network,
    part.kpi,
    coalesce(giver.source, counts.source) as source
from part
inner join core.counts as counts
    on
        part.client = counts.client
        and part.measure = counts.measure
        and (part.part in ('all', 'site') or part.part = counts.network)
        and date_trunc('month', counts.period)::date = part.month
inner join catalogue.source as source on counts.source = source.source and source.is_whole
left join giver on counts.given_by = giver.network
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
