-- The sources of a client: one row each, with what its numbers are numbers of, and what the service said beside the
-- numbers of its newest load that has an answer.
select
    source.network,
    source.source,
    identity.facts,
    identity.seen_at,
    answered.health,
    answered.started_at as answered_at
from core.client_source as source
left join core.identity as identity on source.client = identity.client and source.network = identity.network
left join lateral (
    select
        load.health,
        load.started_at
    from core.load as load
    where load.client = source.client and load.network = source.network and load.health != '{}'
    order by load.started_at desc, load.load_id desc
    limit 1
) as answered on true
where source.client = %(client)s
order by source.source, source.network
