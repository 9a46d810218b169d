-- One row per figure of this file, which is replaced whole. If anything in it changed, every month is rebuilt: a
-- measure that appears for the first time is expected, and missing, in the others too.
insert into core.change (client, month)
select distinct
    coverage.client,
    date_trunc('month', coverage.day)::date
from core.coverage as coverage
where
    coverage.client = %(client)s
    and exists (
        (
            select network, measure, grain, period, value
            from staging.figures
            where client = %(client)s and load_id = %(load_id)s
            except
            select network, measure, grain, period, value
            from core.figure
            where client = %(client)s and file = %(network)s
        )
        union all
        (
            select network, measure, grain, period, value
            from core.figure
            where client = %(client)s and file = %(network)s
            except
            select network, measure, grain, period, value
            from staging.figures
            where client = %(client)s and load_id = %(load_id)s
        )
    )
on conflict do nothing;

delete from core.figure where client = %(client)s and file = %(network)s;

insert into core.figure (client, network, measure, grain, period, value, note, file, load_id)
select
    client,
    network,
    measure,
    grain,
    period,
    value,
    note,
    %(network)s,
    load_id
from staging.figures
where client = %(client)s and load_id = %(load_id)s
