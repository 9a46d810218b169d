-- Days are by far the most of what is computed, and the numbers of a month's days stand together: one row holds them.
-- KPIs are a function of measures: those of days and weeks are computed when they are read, and only those of months,
-- by which targets are judged, are kept. marts.measure and marts.kpi show all of it as rows.

do $$
declare
    found text;
begin
    select string_agg(distinct reader.oid::regclass::text, ', ') into found
    from pg_depend as rests
    inner join pg_rewrite as rule on rests.classid = 'pg_rewrite'::regclass and rests.objid = rule.oid
    inner join pg_class as reader on rule.ev_class = reader.oid
    where
        rests.refclassid = 'pg_class'::regclass
        and rests.refobjid in ('marts.measure'::regclass, 'marts.kpi'::regclass);
    if found is not null then
        raise exception 'views of your own read marts.measure or marts.kpi: %', found
        using hint = 'drop them, upgrade, and create them again: the columns and rows stay the same';
    end if;
end
$$;

drop function marts.number(marts.kpi);
drop function marts.marks(marts.kpi);
drop function marts.marks(marts.measure);
alter table marts.measure rename to measure_before;
alter table marts.measure_before rename constraint measure_pkey to measure_before_pkey;
alter table marts.kpi rename to kpi_before;
alter table marts.kpi_before rename constraint kpi_pkey to kpi_before_pkey;

-- one row per client x network x measure x month: its days, from the first to the last that are expected
create table marts.daily (
    client text not null,
    network text not null,
    measure text not null,
    month date not null, -- its first day
    first_day date not null,
    numbers numeric[] not null, -- of each day from first_day on; null = not known
    reasons text[], -- why not; null = all are known
    is_derived boolean[], -- counted back from other numbers, not read; null = no day's is
    is_late boolean[], -- posts read later than 7 days after publication
    is_flagged boolean[], -- sampled, thresholded or the like by the source
    primary key (client, month, network, measure),
    check (date_trunc('month', first_day) = month),
    check (first_day + cardinality(numbers) <= month + interval '1 month'),
    check ((array_position(numbers, null) is null) = (reasons is null)),
    check (cardinality(reasons) = cardinality(numbers))
);

-- one row per expected cell of a week or a month: client x network x measure x ISO week (its Monday) | month (its first
-- day). `reason` says why `value` is null, and only then.
create table marts.measure_periods (
    client text not null,
    network text not null,
    measure text not null,
    grain text not null check (grain in ('week', 'month')),
    period date not null,
    value numeric,
    reason text,
    completeness numeric not null check (completeness between 0 and 1), -- known days / days of the period
    is_derived boolean not null default false,
    is_late boolean not null default false,
    is_flagged boolean not null default false,
    primary key (client, grain, period, network, measure), -- periods are rebuilt and read as a whole
    check ((value is null) = (reason is not null))
);

-- one row per KPI x network x month in which all its measures are expected: what targets are judged by
create table marts.kpi_months (
    client text not null,
    network text not null,
    kpi text not null,
    period date not null, -- its first day
    value numeric,
    numerator numeric,
    denominator numeric,
    completeness numeric not null check (completeness between 0 and 1),
    reason text check (reason in ('zero_denominator', 'source_missing', 'no_access', 'not_final', 'not_applicable')),
    is_derived boolean not null default false,
    is_late boolean not null default false,
    is_flagged boolean not null default false,
    primary key (client, period, network, kpi),
    check ((value is null) = (reason is not null))
);

insert into marts.daily (
    client, network, measure, month, first_day, numbers, reasons, is_derived, is_late, is_flagged
)
with span as (
    select
        client,
        network,
        measure,
        date_trunc('month', period::timestamp)::date as month,
        min(period) as first_day,
        max(period) as last_day
    from marts.measure_before
    where grain = 'day'
    group by client, network, measure, date_trunc('month', period::timestamp)
),

day as ( -- a day that were not there would stand as unknown until the month is rebuilt
    select
        span.client,
        span.network,
        span.measure,
        span.month,
        span.first_day,
        days.day::date as day,
        cell.value,
        case when cell.value is null then coalesce(cell.reason, 'source_missing') end as reason,
        coalesce(cell.is_derived, false) as is_derived,
        coalesce(cell.is_late, false) as is_late,
        coalesce(cell.is_flagged, false) as is_flagged
    from span
    cross join lateral generate_series(span.first_day::timestamp, span.last_day, interval '1 day') as days (day)
    left join marts.measure_before as cell
        on
            span.client = cell.client
            and cell.grain = 'day'
            and days.day::date = cell.period
            and span.network = cell.network
            and span.measure = cell.measure
)

select
    client,
    network,
    measure,
    month,
    first_day,
    array_agg(value order by day),
    case when count(value) < count(*) then array_agg(reason order by day) end,
    case when bool_or(is_derived) then array_agg(is_derived order by day) end,
    case when bool_or(is_late) then array_agg(is_late order by day) end,
    case when bool_or(is_flagged) then array_agg(is_flagged order by day) end
from day
group by client, month, network, measure, first_day;

insert into marts.measure_periods
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
from marts.measure_before
where grain != 'day'
order by client, grain, period;

insert into marts.kpi_months
select
    client,
    network,
    kpi,
    period,
    value,
    numerator,
    denominator,
    completeness,
    reason,
    is_derived,
    is_late,
    is_flagged
from marts.kpi_before
where grain = 'month'
order by client, period;

drop table marts.measure_before;
drop table marts.kpi_before;

-- one row per expected cell of a day: client x network x measure x day. Ask for its `month`, too: it finds the day.
create view marts.measure_days as
select
    daily.client,
    daily.network,
    daily.measure,
    daily.month,
    daily.first_day + (day.nth - 1)::integer as period,
    day.value,
    day.reason,
    case when day.value is null then 0::numeric else 1::numeric end as completeness,
    coalesce(day.is_derived, false) as is_derived,
    coalesce(day.is_late, false) as is_late,
    coalesce(day.is_flagged, false) as is_flagged
from marts.daily as daily
cross join
    lateral unnest(
        daily.numbers, daily.reasons, daily.is_derived, daily.is_late, daily.is_flagged
    ) with ordinality as day (value, reason, is_derived, is_late, is_flagged, nth);

-- one row per expected cell: client x network x measure x day | ISO week (its Monday) | month (its first day).
create view marts.measure as
select
    client,
    network,
    measure,
    'day' as grain,
    period,
    value,
    reason,
    completeness,
    is_derived,
    is_late,
    is_flagged
from marts.measure_days
union all
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
from marts.measure_periods;

-- One row per term of a KPI that stands somewhere, with what its whole formula is like. A pinned term counts at its own
-- network's KPI if all terms are pinned: at `only_network`, the KPI's default. Beside others that are not, it counts at
-- every network's (`is_everywhere`).
create view catalogue.formula as
with whole as (
    select
        kpi,
        count(*) as terms,
        bool_and(network_pin is not null) as is_pinned,
        bool_or(side = 'denominator') as is_ratio
    from catalogue.term
    group by kpi
)

select
    term.kpi,
    term.side,
    term.network_pin,
    term.measure,
    term.coefficient,
    whole.terms,
    whole.is_ratio,
    case when whole.is_pinned then kpi.default_network end as only_network,
    term.network_pin is not null and not whole.is_pinned as is_everywhere
from catalogue.term as term
inner join catalogue.kpi as kpi on term.kpi = kpi.kpi
inner join whole on term.kpi = whole.kpi
where kpi.default_network is not null or not whole.is_pinned;

-- Every KPI, computed as it is read: one row per KPI x network x day | week | month in which all its measures are
-- expected. Sum of coefficient x value over its numerator's terms, divided by the same over its denominator's. A KPI
-- stands where all its terms have a cell, the pinned ones at their network (one of pinned terms only: at its default
-- network). Unknown as soon as one term is, with the most telling reason (the alphabet's first: no_access,
-- not_applicable, source_missing). Quotients have at least 16 significant digits, and nothing is rounded. Of days, ask
-- for the `month`, too: it finds them.
create view marts.kpi_computed as
with cell as not materialized ( -- what is asked for is looked up, not looked for among all
    select
        client,
        network,
        measure,
        'day' as grain,
        month,
        period,
        value,
        reason,
        completeness,
        is_derived,
        is_late,
        is_flagged
    from marts.measure_days
    union all
    select
        client,
        network,
        measure,
        grain,
        null as month,
        period,
        value,
        reason,
        completeness,
        is_derived,
        is_late,
        is_flagged
    from marts.measure_periods
),

place as not materialized (
    select distinct
        client,
        network
    from marts.measure_periods
),

slot as (
    select
        cell.client,
        cell.grain,
        cell.month,
        cell.period,
        cell.value,
        cell.reason,
        cell.completeness,
        cell.is_derived,
        cell.is_late,
        cell.is_flagged,
        formula.kpi,
        formula.side,
        formula.coefficient,
        formula.terms,
        formula.is_ratio,
        coalesce(formula.only_network, cell.network) as of_network
    from cell
    inner join catalogue.formula as formula
        on cell.measure = formula.measure and (formula.network_pin is null or cell.network = formula.network_pin)
    where not formula.is_everywhere
    union all
    select
        cell.client,
        cell.grain,
        cell.month,
        cell.period,
        cell.value,
        cell.reason,
        cell.completeness,
        cell.is_derived,
        cell.is_late,
        cell.is_flagged,
        formula.kpi,
        formula.side,
        formula.coefficient,
        formula.terms,
        formula.is_ratio,
        place.network as of_network
    from cell
    inner join catalogue.formula as formula
        on cell.measure = formula.measure and cell.network = formula.network_pin and formula.is_everywhere
    inner join place on cell.client = place.client
),

summed as (
    select
        client,
        of_network as network,
        kpi,
        grain,
        month,
        period,
        bool_or(is_ratio) as is_ratio,
        case
            when bool_and(value is not null) filter (where side = 'numerator')
                then sum(coefficient * value) filter (where side = 'numerator')
        end as numerator,
        case
            when bool_and(value is not null) filter (where side = 'denominator')
                then sum(coefficient * value) filter (where side = 'denominator')
        end as denominator,
        min(completeness) as completeness,
        min(reason) as reason,
        bool_or(is_derived) as is_derived,
        bool_or(is_late) as is_late,
        bool_or(is_flagged) as is_flagged
    from slot
    group by client, of_network, kpi, grain, month, period
    having count(*) = max(terms)
)

select
    client,
    network,
    kpi,
    grain,
    month,
    period,
    case
        when reason is not null then null
        when is_ratio then numerator / nullif(denominator, 0)
        else numerator
    end as value,
    numerator,
    denominator,
    completeness,
    coalesce(reason, case when denominator = 0 then 'zero_denominator' end) as reason,
    is_derived,
    is_late,
    is_flagged
from summed;

-- one row per KPI x network x day | week | month in which all its measures are expected
create view marts.kpi as
select
    client,
    network,
    kpi,
    grain,
    period,
    value,
    numerator,
    denominator,
    completeness,
    reason,
    is_derived,
    is_late,
    is_flagged
from marts.kpi_computed
where grain in ('day', 'week')
union all
select
    client,
    network,
    kpi,
    'month' as grain,
    period,
    value,
    numerator,
    denominator,
    completeness,
    reason,
    is_derived,
    is_late,
    is_flagged
from marts.kpi_months;

create function marts.marks(fact marts.kpi) returns jsonb
language sql immutable
as $$
    select marts.marks(
        fact.completeness * marts.days(fact.grain, fact.period), marts.days(fact.grain, fact.period),
        fact.is_derived, fact.is_late, fact.is_flagged
    )
$$;

create function marts.marks(fact marts.kpi_months) returns jsonb
language sql immutable
as $$
    select marts.marks(
        fact.completeness * marts.days('month', fact.period), marts.days('month', fact.period),
        fact.is_derived, fact.is_late, fact.is_flagged
    )
$$;

create function marts.marks(fact marts.measure_periods) returns jsonb
language sql immutable
as $$
    select marts.marks(
        fact.completeness * marts.days(fact.grain, fact.period), marts.days(fact.grain, fact.period),
        fact.is_derived, fact.is_late, fact.is_flagged
    )
$$;

-- A KPI's number as letters freeze it: with its client, all its digits, and what must be known beside it.
create function marts.number(
    client text, kpi text, value numeric, reason text, numerator numeric, marks jsonb
) returns jsonb
language sql stable
as $$
    select case
        when client is not null then
            jsonb_build_object(
                'client', client,
                'value', value::text,
                'reason', reason,
                'spent', catalogue.spent(kpi, reason, numerator)::text,
                'result', case when reason = 'zero_denominator' then catalogue.result(kpi) end,
                'marks', marks
            )
    end
$$;

create function marts.number(fact marts.kpi) returns jsonb
language sql stable
as $$
    select marts.number(fact.client, fact.kpi, fact.value, fact.reason, fact.numerator, marts.marks(fact))
$$;

create function marts.number(fact marts.kpi_months) returns jsonb
language sql stable
as $$
    select marts.number(fact.client, fact.kpi, fact.value, fact.reason, fact.numerator, marts.marks(fact))
$$;
