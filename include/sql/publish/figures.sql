-- One row per figure of this file, which is replaced whole. If anything in it changed, every month is rebuilt: a
-- measure that appears for the first time is expected, and missing, in the others too. A load that was overtaken by
-- one that was started later changes nothing.
with staged as (
    select *
    from staging.figures
    where client = %(client)s and load_id = %(load_id)s
),

known as (
    select *
    from core.figure
    where client = %(client)s and file = %(network)s
),

difference as (
    select staged.value
    from staged
    full join known
        on
            staged.network = known.network
            and staged.measure = known.measure
            and staged.grain = known.grain
            and staged.period = known.period
    where staged.value is distinct from known.value
)

insert into core.change (client, month, load_id)
select distinct
    client,
    date_trunc('month', day)::date,
    %(load_id)s
from core.coverage
where
    client = %(client)s
    and exists (select from difference)
    and not core.is_overtaken(%(client)s, %(load_id)s)
on conflict do nothing;

delete from core.figure
where client = %(client)s and file = %(network)s and not core.is_overtaken(%(client)s, %(load_id)s);

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
where client = %(client)s and load_id = %(load_id)s and not core.is_overtaken(%(client)s, %(load_id)s)
