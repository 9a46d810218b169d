-- The new cells take the place of the old ones; what stays as it is is not touched. A second source of the same number
-- would break a primary key here, and with it the whole rebuild.

-- one row per old cell of these weeks and months that does not stay, which has a `place`, and one per new cell that
-- takes its place or a free one. `place` is where it lies: the locks of begin.sql keep it there, and what goes is found
-- by it, because a key of five texts costs more than the rest.
create temporary table cell_difference on commit drop as
with new as (
    select
        slice_period.number,
        cell.*
    from cell
    inner join slice_period
        on
            cell.client = slice_period.client
            and cell.grain = slice_period.grain
            and cell.period = slice_period.period
),

old as (
    select
        slice_period.number,
        old.ctid as place,
        old.*
    from slice_period
    inner join marts.measure_periods as old
        on
            slice_period.client = old.client
            and slice_period.grain = old.grain
            and slice_period.period = old.period
)

select
    old.place,
    coalesce(new.number, old.number) as number,
    coalesce(new.client, old.client) as client,
    coalesce(new.network, old.network) as network,
    coalesce(new.measure, old.measure) as measure,
    coalesce(new.grain, old.grain) as grain,
    coalesce(new.period, old.period) as period,
    case when old.place is null then new.value else old.value end as value,
    new.reason,
    coalesce(new.completeness, old.completeness) as completeness,
    new.is_derived,
    new.is_late,
    new.is_flagged
from new
full join old
    on
        new.number = old.number
        and new.network = old.network
        and new.measure = old.measure
        and (new.value, new.reason, new.completeness, new.is_derived, new.is_late, new.is_flagged)
        is not distinct from
        (old.value, old.reason, old.completeness, old.is_derived, old.is_late, old.is_flagged)
where new.measure is null or old.measure is null;

-- the same of the months' days
create temporary table day_difference on commit drop as
with old as (
    select
        daily.ctid as place,
        daily.*
    from slice
    inner join marts.daily as daily on slice.client = daily.client and slice.month = daily.month
)

select
    old.place,
    coalesce(new.client, old.client) as client,
    coalesce(new.network, old.network) as network,
    coalesce(new.measure, old.measure) as measure,
    coalesce(new.month, old.month) as month,
    coalesce(new.first_day, old.first_day) as first_day,
    coalesce(new.numbers, old.numbers) as numbers,
    new.reasons,
    new.is_derived,
    new.is_late,
    new.is_flagged
from daily as new
full join old
    on
        new.client = old.client
        and new.network = old.network
        and new.measure = old.measure
        and new.month = old.month
        and (new.first_day, new.numbers, new.reasons, new.is_derived, new.is_late, new.is_flagged)
        is not distinct from
        (old.first_day, old.numbers, old.reasons, old.is_derived, old.is_late, old.is_flagged)
where new.measure is null or old.measure is null;

-- else all of them would be taken for old cells, and these looked for in the whole table
analyze cell_difference (place, number);
analyze day_difference (place);

delete from marts.measure_periods as old
using cell_difference
where cell_difference.place = old.ctid and cell_difference.client = old.client;

delete from marts.daily as old
using day_difference
where day_difference.place = old.ctid and day_difference.client = old.client;

-- Of whole days, weeks and months, the value that goes is kept in the history: how far numbers still move after some
-- days is learned from it.
insert into marts.measure_history (client, network, measure, grain, period, value, replaced_at)
with gone_day as (
    select
        gone.client,
        gone.network,
        gone.measure,
        gone.first_day + (day.nth - 1)::integer as period,
        day.value,
        new.numbers[gone.first_day - new.first_day + day.nth] as new_value
    from day_difference as gone
    left join day_difference as new
        on
            gone.client = new.client
            and gone.network = new.network
            and gone.measure = new.measure
            and gone.month = new.month
            and new.place is null
    cross join lateral unnest(gone.numbers) with ordinality as day (value, nth)
    where gone.place is not null
)

select
    gone.client,
    gone.network,
    gone.measure,
    gone.grain,
    gone.period,
    gone.value,
    statement_timestamp() as replaced_at -- a transaction may begin before another one of the client, and go on after it
from cell_difference as gone
left join cell_difference as new
    on
        gone.number = new.number
        and gone.network = new.network
        and gone.measure = new.measure
        and new.place is null
where gone.place is not null and gone.completeness = 1 and gone.value is distinct from new.value
union all
select
    client,
    network,
    measure,
    'day' as grain,
    period,
    value,
    statement_timestamp() as replaced_at
from gone_day
where value is not null and value is distinct from new_value;

insert into marts.measure_periods (
    client, network, measure, grain, period, value, reason, completeness, is_derived, is_late, is_flagged
)
select
    client,
    network,
    measure,
    grain,
    period,
    value,
    reason,
    completeness,
    is_derived,
    is_late,
    is_flagged
from cell_difference
where place is null
order by number; -- as the primary key has them

insert into marts.daily (
    client, network, measure, month, first_day, numbers, reasons, is_derived, is_late, is_flagged
)
select
    client,
    network,
    measure,
    month,
    first_day,
    numbers,
    reasons,
    is_derived,
    is_late,
    is_flagged
from day_difference
where place is null
order by client, month;

-- one row per week and month whose KPIs have to be computed anew
create temporary table changed on commit drop as
select distinct
    slice_period.number,
    slice_period.client,
    slice_period.grain,
    slice_period.period
from slice_period
inner join slice on slice_period.client = slice.client
where
    slice.has_new_formulas
    or slice_period.number in (select cell_difference.number from cell_difference);

analyze changed;

-- one row per client: which of its rebuilds this is. They follow each other (begin.sql), so a later one has a greater
-- version, whenever its transaction began.
create temporary table build on commit drop as
select
    slice.client,
    coalesce(max(built.version), 0) + 1 as version
from (select distinct client from slice) as slice
left join marts.basis as built on slice.client = built.client
group by slice.client;

delete from marts.basis as old
using slice
where old.client = slice.client and old.month = slice.month;

insert into marts.basis (client, month, fingerprint, formulas, version)
select
    basis.client,
    basis.month,
    basis.fingerprint,
    basis.formulas,
    build.version
from basis
inner join slice on basis.client = slice.client and basis.month = slice.month
inner join build on basis.client = build.client
