-- One row per number of this list, which is taken whole: what it says no more goes, what stays is not touched. If any
-- number in it changed, every month is rebuilt: a measure that appears for the first time is expected, and missing, in
-- the others too. A load that was overtaken by one that was asked for later changes nothing, and neither does one of a
-- source that is not read whole.
with staged as (
    select *
    from staging.counts
    where client = %(client)s and load_id = %(load_id)s
),

known as (
    select *
    from core.counts
    where client = %(client)s and given_by = %(network)s
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
    and exists (
        select from catalogue.source as source
        where source.source = %(source)s and source.is_whole
    )
    and not core.is_overtaken(%(client)s, %(load_id)s)
on conflict do nothing;

delete from core.counts as old
where
    old.client = %(client)s and old.given_by = %(network)s
    and exists (
        select from catalogue.source as source
        where source.source = %(source)s and source.is_whole
    )
    and not core.is_overtaken(%(client)s, %(load_id)s)
    and not exists (
        select from staging.counts as staged
        where
            staged.client = old.client and staged.load_id = %(load_id)s
            and (staged.network, staged.measure, staged.grain, staged.period, staged.value)
            = (old.network, old.measure, old.grain, old.period, old.value)
            and staged.note is not distinct from old.note
    );

insert into core.counts (
    client, network, measure, grain, period, value, through_day, note, source, given_by, report, load_id
)
select
    staged.client,
    staged.network,
    staged.measure,
    staged.grain,
    staged.period,
    staged.value,
    staged.through_day,
    staged.note,
    %(source)s,
    %(network)s,
    staged.report,
    staged.load_id
from staging.counts as staged
where
    staged.client = %(client)s and staged.load_id = %(load_id)s
    and exists (
        select from catalogue.source as source
        where source.source = %(source)s and source.is_whole
    )
    and not core.is_overtaken(%(client)s, %(load_id)s)
    and not exists (
        select from core.counts as old
        where
            old.client = staged.client and old.given_by = %(network)s
            and (old.network, old.measure, old.grain, old.period)
            = (staged.network, staged.measure, staged.grain, staged.period)
    )
