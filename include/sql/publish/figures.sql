-- One row per figure of this file, which is taken whole: what it says no more goes, what stays is not touched. If any
-- number in it changed, every month is rebuilt: a measure that appears for the first time is expected, and missing, in
-- the others too. A measure that has moved here from another file is taken from that one, which may be published after
-- this; refuse/figures.sql has refused any other that both give. A load that was overtaken by one that was asked for
-- later changes nothing.
-- Postgres knows nothing of how many rows of staging a load has, and would compare each figure with each.
set local enable_nestloop = off;

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

delete from core.figure as old
where
    old.client = %(client)s and old.file = %(network)s
    and not core.is_overtaken(%(client)s, %(load_id)s)
    and not exists (
        select from staging.figures as staged
        where
            staged.client = old.client and staged.load_id = %(load_id)s
            and (staged.network, staged.measure, staged.grain, staged.period, staged.value)
            = (old.network, old.measure, old.grain, old.period, old.value)
            and staged.note is not distinct from old.note
    );

delete from core.figure as moved
where
    moved.client = %(client)s and moved.file <> %(network)s
    and not core.is_overtaken(%(client)s, %(load_id)s)
    and exists (
        select from staging.figures as staged
        where
            staged.client = moved.client and staged.load_id = %(load_id)s
            and staged.network = moved.network and staged.measure = moved.measure
    );

insert into core.figure (client, network, measure, grain, period, value, note, file, load_id)
select
    staged.client,
    staged.network,
    staged.measure,
    staged.grain,
    staged.period,
    staged.value,
    staged.note,
    %(network)s,
    staged.load_id
from staging.figures as staged
where
    staged.client = %(client)s and staged.load_id = %(load_id)s
    and not core.is_overtaken(%(client)s, %(load_id)s)
    and not exists (
        select from core.figure as old
        where
            old.client = staged.client and old.file = %(network)s
            and (old.network, old.measure, old.grain, old.period)
            = (staged.network, staged.measure, staged.grain, staged.period)
    );

set local enable_nestloop = on
