-- Why a staged file of figures must not be published: one row with the reason, or none. A number has one source: what
-- another of the client's files gives, this one must not. The other one gives what is published of it; if this run is
-- still to publish it anew, only what it has there too, so that a figure may move from file to file. Of two files that
-- give a figure for the first time, the one that was asked for first stays.
with waiting as ( -- the newest loads of the other files
    select distinct on (network)
        network as file,
        load_id
    from core.load
    where
        client = %(client)s and run_id = %(run_id)s and source = 'figures' and state = 'staged'
        and network <> %(network)s
    order by network asc, as_of desc, load_id desc
),

known as materialized ( -- what the other files give: mostly nothing, and with nothing no staged figure is compared
    select
        file,
        client,
        network,
        measure,
        grain,
        period
    from core.figure
    where client = %(client)s and file <> %(network)s
),

given as ( -- one row per other file and measure: the first period that both have, else the first of this file
    select
        known.file,
        staged.network || '.' || staged.measure as measure,
        coalesce(
            min(to_char(staged.period, case staged.grain when 'month' then 'YYYY-MM' else 'YYYY-MM-DD' end))
            filter (where (staged.grain, staged.period) = (known.grain, known.period)),
            min(to_char(staged.period, case staged.grain when 'month' then 'YYYY-MM' else 'YYYY-MM-DD' end))
        ) as period
    from staging.figures as staged
    inner join known
        on known.client = staged.client and known.network = staged.network and known.measure = staged.measure
    left join waiting on known.file = waiting.file
    where
        staged.client = %(client)s and staged.load_id = %(load_id)s
        and not core.is_overtaken(%(client)s, %(load_id)s)
        and (
            waiting.file is null
            or exists (
                select from staging.figures as still
                where
                    still.client = staged.client and still.load_id = waiting.load_id
                    and still.network = staged.network and still.measure = staged.measure
            )
        )
    group by known.file, staged.network, staged.measure
)

select
    string_agg(format('%%s of %%s stands in %%s already', measure, period, file), ', ' order by file, measure)
    || format(
        '; a number has one source: take it out of %%s or out of %%s',
        string_agg(distinct file, ', '), %(network)s::text
    ) as reason
from given
having count(*) > 0
