-- Why a staged load must not be published: one row with the reason, or none. A number has one source: what another of
-- the client's sources gives, this one must not. The other one gives what is published of it; if it is read whole and
-- this run is still to publish it anew, only what it has there too, so that a number may move out of a list. Of two
-- that give a number for the first time, the one that was asked for first stays.
with this as not materialized ( -- so that the planner reads each table below by its client
    select
        load.*,
        source.is_whole
    from core.load as load
    inner join catalogue.source as source on load.source = source.source
    where
        load.client = %(client)s and load.load_id = %(load_id)s
        -- a list that was overtaken changes nothing
        and not (source.is_whole and core.is_overtaken(load.client, load.load_id))
),

waiting as ( -- the newest loads of the other lists
    select distinct on (load.network)
        load.network as given_by,
        load.load_id
    from core.load as load
    inner join catalogue.source as source on load.source = source.source and source.is_whole
    where
        load.client = %(client)s and load.run_id = %(run_id)s and load.state = 'staged'
        and load.network <> %(network)s
    order by load.network asc, load.as_of desc, load.load_id desc
),

listed as materialized ( -- what the other lists give: mostly nothing, and with nothing no staged number is compared
    select known.*
    from core.counts as known
    inner join catalogue.source as source on known.source = source.source and source.is_whole
    left join waiting on known.given_by = waiting.given_by
    where
        known.client = %(client)s and known.given_by <> %(network)s
        and (
            waiting.given_by is null
            or exists (
                select from staging.counts as still
                where
                    still.client = known.client and still.load_id = waiting.load_id
                    and still.network = known.network and still.measure = known.measure
            )
        )
),

twice as ( -- a list, and what another list gives
    select
        listed.given_by,
        staged.network,
        staged.measure,
        staged.grain,
        staged.period,
        (staged.grain, staged.period) = (listed.grain, listed.period) as is_same,
        true as is_named
    from this
    inner join staging.counts as staged on this.client = staged.client and this.load_id = staged.load_id
    inner join listed on staged.network = listed.network and staged.measure = listed.measure
    where this.is_whole
    union all
    -- a list, and what stands here of a network that the client's file names no more; the audit knows the others
    select distinct
        coverage.network as given_by,
        staged.network,
        staged.measure,
        staged.grain,
        staged.period,
        false as is_same,
        false as is_named
    from this
    inner join staging.counts as staged on this.client = staged.client and this.load_id = staged.load_id
    inner join core.coverage as coverage on staged.client = coverage.client and staged.network = coverage.network
    inner join catalogue.given as given
        on
            coverage.source = given.source
            and coverage.report = given.report
            and staged.measure = given.measure
            and given.networks = 'own'
    left join core.client_source as named
        on coverage.client = named.client and coverage.network = named.network
    where this.is_whole and named.client is null
    union all
    -- a service, and what a list gives that it gives
    select
        listed.given_by,
        listed.network,
        listed.measure,
        listed.grain,
        listed.period,
        true as is_same,
        true as is_named
    from this
    inner join catalogue.given as given on this.source = given.source
    inner join listed on given.measure = listed.measure
    left join catalogue.network as network on listed.network = network.network
    left join core.lead_part as part
        on this.client = part.client and this.network = part.source and given.lead_part = part.part
    where
        not this.is_whole
        and (given.lead_part is null or part.client is not null)
        and case given.networks
            when 'own' then listed.network = this.network
            when 'site' then listed.network = 'site'
            when 'origins' then network.network is not null
            else network.is_social
        end
),

given as ( -- one row per other giver and measure: the first period that both have, else the first of this one
    select
        given_by,
        is_named,
        network || '.' || measure as measure,
        coalesce(
            min(to_char(period, case grain when 'month' then 'YYYY-MM' else 'YYYY-MM-DD' end)) filter (where is_same),
            min(to_char(period, case grain when 'month' then 'YYYY-MM' else 'YYYY-MM-DD' end))
        ) as period
    from twice
    group by given_by, is_named, network, measure
)

select
    string_agg(format('%%s of %%s stands in %%s already', measure, period, given_by), ', ' order by given_by, measure)
    || '; a number has one source: '
    || case
        when bool_and(is_named)
            then format('take it out of %%s or out of %%s', string_agg(distinct given_by, ', '), %(network)s::text)
        else
            format(
                'take it out of %%s; or, as the client''s file names %%s no more, run `python -m smm forget %%s %%s`',
                %(network)s::text,
                min(given_by) filter (where not is_named),
                %(client)s::text,
                min(given_by) filter (where not is_named)
            )
    end as reason
from given
having count(*) > 0
