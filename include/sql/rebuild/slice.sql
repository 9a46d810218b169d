-- What is rebuilt: the months taken, and every other month of these clients whose cells rest on something that has
-- changed outside it.

-- one row per client and month: a fingerprint of all that its cells depend on beside the rows of that month
create temporary table basis on commit drop as
with catalogue_line as (
    select (measure, kind)::text as line
    from catalogue.measure
    union all
    select given::text as line
    from catalogue.given as given
),

formula_line as (
    select
        (
            kpi.kpi, kpi.default_network, term.side, term.network_pin, term.measure, term.coefficient,
            measure.is_of_pages
        )::text as line
    from catalogue.kpi as kpi
    inner join catalogue.term as term on kpi.kpi = term.kpi
    inner join catalogue.measure as measure on term.measure = measure.measure
),

client_line as (
    select
        client,
        ('expected', source, network, report, last_day)::text as line
    from expected
    union all
    select
        client,
        ('listed', network, measure, is_daily)::text as line
    from listed_measure
    union all
    select
        client,
        ('social', network)::text as line
    from social
    union all
    select
        client,
        ('lead', part, source, event)::text as line
    from core.lead_part
    union all
    select
        client,
        ('audience', network, block, value)::text as line
    from core.wanted_audience
),

client_month as (
    select
        span.client,
        months.month::date as month,
        greatest(span.first_day, months.month::date) as first_day,
        least(span.last_day, (months.month + interval '1 month - 1 day')::date) as last_day,
        (months.month + interval '1 month - 1 day')::date as month_end
    from span
    cross join lateral generate_series(
        date_trunc('month', span.first_day::timestamp), span.last_day, interval '1 month'
    ) as months (month)
),

stock_month as (
    select
        client_month.client,
        client_month.month,
        md5(string_agg(stock::text, ' ' order by stock.network, stock.measure, stock.day)) as digest
    from client_month
    inner join stock
        on
            client_month.client = stock.client
            and stock.day between client_month.month - 3 and client_month.month_end
    group by client_month.client, client_month.month
),

client_digest as (
    select
        client,
        md5(string_agg(line, ' ' order by line)) as digest
    from client_line
    group by client
)

select
    client_month.client,
    client_month.month,
    md5(
        concat_ws(
            ' ',
            (select md5(string_agg(told.line, ' ' order by told.line)) from catalogue_line as told),
            client_digest.digest,
            (client_month.first_day, client_month.last_day),
            stock_month.digest
        )
    ) as fingerprint,
    (select md5(string_agg(told.line, ' ' order by told.line)) from formula_line as told) as formulas
from client_month
inner join client_digest on client_month.client = client_digest.client
left join stock_month on client_month.client = stock_month.client and client_month.month = stock_month.month;

-- one row per client and month to rebuild
create temporary table slice on commit drop as
with built as (
    select *
    from marts.basis
    where client in (select taken.client from taken)
),

stale as (
    select
        coalesce(basis.client, built.client) as client,
        coalesce(basis.month, built.month) as month,
        (basis.formulas is distinct from built.formulas) as has_new_formulas
    from basis
    full join built on basis.client = built.client and basis.month = built.month
    where (basis.fingerprint, basis.formulas) is distinct from (built.fingerprint, built.formulas)
)

select
    client,
    month,
    bool_or(has_new_formulas) as has_new_formulas
from (
    select *
    from stale
    union all
    select
        client,
        month,
        false as has_new_formulas
    from taken
) as due
group by client, month;

-- one row per week and month to rebuild, numbered as the primary key of marts.measure_periods has them. `through_day`
-- is its last day that the client has, null if it has none.
create temporary table slice_period on commit drop as
with period as (
    select distinct
        slice.client,
        'week' as grain,
        weeks.monday::date as period,
        weeks.monday::date + 6 as last_day
    from slice
    cross join
        lateral generate_series(
            date_trunc('week', slice.month::timestamp), slice.month + interval '1 month - 1 day', interval '1 week'
        ) as weeks (monday)
    union all
    select
        client,
        'month' as grain,
        month as period,
        (month + interval '1 month - 1 day')::date as last_day
    from slice
)

select
    period.*,
    row_number() over (order by period.client, period.grain, period.period) as number,
    case
        when period.period <= span.last_day and period.last_day >= span.first_day
            then least(period.last_day, span.last_day)
    end as through_day
from period
left join span on period.client = span.client;

-- one row per client and day that a cell to rebuild may rest on: its weeks reach into months that are not rebuilt
create temporary table slice_day on commit drop as
select
    slice_period.client,
    days.day::date as day,
    slice_period.period as week,
    date_trunc('month', days.day)::date as month,
    slice.client is not null as is_kept -- a cell of its own, not only a part of a week
from slice_period
inner join span on slice_period.client = span.client
cross join
    lateral generate_series(
        greatest(slice_period.period, span.first_day)::timestamp, slice_period.through_day, interval '1 day'
    ) as days (day)
left join slice on slice_period.client = slice.client and slice.month = date_trunc('month', days.day)::date
where slice_period.grain = 'week';

analyze slice;
analyze slice_period;
analyze slice_day
