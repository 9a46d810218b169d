-- Whether a month must be judged again is decided by versions. Clocks cannot decide it: a rebuild is stamped when its
-- transaction begins, so one that commits after a judgement may look older than it.
alter table marts.basis
add column version integer not null default 0; -- which rebuild of the client built it; a later one has a greater number

alter table marts.verdict
add column basis_version integer; -- the greatest of the months up to this one, as it was judged; null = not known

-- What was rebuilt and not judged since, by the clocks, is still to be judged; everything else stays as it was judged.
update marts.verdict set basis_version = 0
where
    not exists (
        select from marts.basis as basis
        where
            basis.client = verdict.client
            and basis.month <= verdict.month
            and basis.built_at > verdict.evaluated_at
    );

alter table marts.basis drop column built_at;

comment on column core.change.load_id is 'file/... = the client''s file, as one transaction changed it';

-- A cost of nothing: money was spent, and what it was spent for was counted and is zero. The cost has no value then,
-- and is above every ceiling. Gives the money, from the sum above the line; null = it is no cost, or something came, or
-- something is not known. A cost is a KPI of which less is better, with nothing but money above the line.
create function catalogue.spent(of_kpi text, reason text, numerator numeric) returns numeric
language sql stable
as $$
    select case
        when reason = 'zero_denominator' and numerator > 0 then (
            select numerator / min(term.coefficient)
            from catalogue.term as term
            inner join catalogue.measure as measure on term.measure = measure.measure
            inner join catalogue.kpi as kpi on term.kpi = kpi.kpi
            where term.kpi = of_kpi and term.side = 'numerator' and kpi.direction = 'down'
            having
                bool_and(measure.unit = 'money')
                and min(term.coefficient) > 0
                and min(term.coefficient) = max(term.coefficient)
        )
    end
$$;

-- The measure of which nothing came: the one below the line; null if there are more.
create function catalogue.result(of_kpi text) returns text
language sql stable
as $$
    select min(term.measure)
    from catalogue.term as term
    where term.kpi = of_kpi and term.side = 'denominator'
    having count(*) = 1
$$;

-- What must be known beside a number, of whose days so many are known; null = nothing.
create function marts.marks(
    known_days numeric, days integer, is_derived boolean, is_late boolean, is_flagged boolean
) returns jsonb
language sql immutable
as $$
    select case
        when round(known_days) < days or is_derived or is_late or is_flagged then
            jsonb_build_object(
                'is_incomplete', coalesce(round(known_days) < days, false),
                'known_days', case when round(known_days) < days then round(known_days) end,
                'days', case when round(known_days) < days then days end,
                'is_derived', coalesce(is_derived, false),
                'is_late', coalesce(is_late, false),
                'is_flagged', coalesce(is_flagged, false)
            )
    end
$$;

create function marts.days(grain text, period date) returns integer
language sql immutable
as $$
    select case grain
        when 'day' then 1
        when 'week' then 7
        when 'month' then (period + interval '1 month')::date - period
    end
$$;

create function marts.marks(fact marts.kpi) returns jsonb
language sql immutable
as $$
    select marts.marks(
        fact.completeness * marts.days(fact.grain, fact.period), marts.days(fact.grain, fact.period),
        fact.is_derived, fact.is_late, fact.is_flagged
    )
$$;

create function marts.marks(fact marts.measure) returns jsonb
language sql immutable
as $$
    select marts.marks(
        fact.completeness * marts.days(fact.grain, fact.period), marts.days(fact.grain, fact.period),
        fact.is_derived, fact.is_late, fact.is_flagged
    )
$$;

-- A KPI's number as letters freeze it: with its client, all its digits, and what must be known beside it.
create function marts.number(fact marts.kpi) returns jsonb
language sql stable
as $$
    select case
        when fact.client is not null then
            jsonb_build_object(
                'client', fact.client,
                'value', fact.value::text,
                'reason', fact.reason,
                'spent', catalogue.spent(fact.kpi, fact.reason, fact.numerator)::text,
                'result', case when fact.reason = 'zero_denominator' then catalogue.result(fact.kpi) end,
                'marks', marts.marks(fact)
            )
    end
$$;

-- of what was judged by an earlier version, null: it is not known
alter table marts.verdict
add column spent numeric, -- of a cost, the money for which nothing came: it has no value, and its ceiling is missed
add column completeness numeric, -- of the value: how much of its days is known
add column is_derived boolean, -- and what else must be known beside it
add column is_late boolean,
add column is_flagged boolean;

-- What must be known beside the number of a verdict; null = nothing, or not known. Of what is still running, the days
-- are those that were over when it was judged: more cannot be known.
create function marts.marks(judged marts.verdict, time_zone text) returns jsonb
language sql stable
as $$
    select marts.marks(
        judged.completeness * (coalesce(judged.last_day, month.last_day) - span.first_day + 1),
        least(
            least(judged.last_day, month.last_day) + 1, (judged.evaluated_at at time zone time_zone)::date
        ) - span.first_day,
        judged.is_derived, judged.is_late, judged.is_flagged
    )
    from
        (values ((judged.month + interval '1 month')::date - 1)) as month (last_day),
        (values (coalesce(judged.first_day, judged.month))) as span (first_day)
$$;
