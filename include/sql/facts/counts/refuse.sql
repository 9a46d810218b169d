-- Why staged counts must not be published: one row with the reason, or none. A number has one source: what another of
-- the client's sources gives, this one must not. The other one gives what is published of it; if it is read whole and this
-- run is still to publish it anew, only what it has there too, so that a number may move from list to list. Of two that
-- give a number for the first time, the one that was asked for first stays.
with waiting as ( -- the newest loads of the other lists
    select distinct on (load.network)
        load.network as given_by,
        load.load_id
    from core.load as load
    inner join catalogue.source as source on source.source = load.source and source.is_whole
    where
        load.client = %(client)s and load.run_id = %(run_id)s and load.state = 'staged'
        and load.network <> %(network)s
    order by load.network asc, load.as_of desc, load.load_id desc
),

given as ( -- one row per other giver and measure: the first period that both have, else the first of this one
    select
        known.given_by,
        staged.network || '.' || staged.measure as measure,
        coalesce(
            min(to_char(staged.period, case staged.grain when 'month' then 'YYYY-MM' else 'YYYY-MM-DD' end))
            filter (where (staged.grain, staged.period) = (known.grain, known.period)),
            min(to_char(staged.period, case staged.grain when 'month' then 'YYYY-MM' else 'YYYY-MM-DD' end))
        ) as period
    from staging.counts as staged
    inner join core.counts as known
        on known.client = staged.client and known.network = staged.network and known.measure = staged.measure
    left join waiting on known.given_by = waiting.given_by
    where
        staged.client = %(client)s and staged.load_id = %(load_id)s and known.given_by <> %(network)s
        and not core.is_overtaken(%(client)s, %(load_id)s)
        and ( -- a service takes over what another gave that the client's file names no more; a list does not
            exists (select from catalogue.source as this where this.source = %(source)s and this.is_whole)
            or exists (
                select from core.client_source as named
                where named.client = known.client and named.network = known.given_by
            )
        )
        and (
            waiting.given_by is null
            or exists (
                select from staging.counts as still
                where
                    still.client = staged.client and still.load_id = waiting.load_id
                    and still.network = staged.network and still.measure = staged.measure
            )
        )
    group by known.given_by, staged.network, staged.measure
)

select
    string_agg(format('%%s of %%s stands in %%s already', measure, period, given_by), ', ' order by given_by, measure)
    || format(
        '; a number has one source: take it out of %%s or out of %%s',
        string_agg(distinct given_by, ', '), %(network)s::text
    ) as reason
from given
having count(*) > 0
