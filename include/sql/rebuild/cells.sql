-- What is filled from here on.

-- What sources say, as facts/<kind>/days.sql have it from core: one row per network, measure of a report, and week or
-- month of the grid, with a number for each of its days: zero where core has no row, null where the number was asked
-- for and not given.
create temporary table fact (
    place bigint not null, -- of the grid
    report text not null,
    measure text not null,
    grain text not null,
    period date not null,
    numbers numeric[] not null,
    is_late boolean[] -- read later than it should have been; null = none was
) on commit drop;

-- The new cells of days. Those of a day that is not kept are parts of a week only. The days of a `week` or a `month`
-- are to be added up; null = that is done.
create temporary table day_cell (
    client text not null,
    network text not null,
    measure text not null,
    day date not null,
    value numeric,
    reason text,
    is_derived boolean not null default false,
    is_late boolean not null default false,
    is_flagged boolean not null default false,
    week date,
    month date,
    is_kept boolean not null default true
) on commit drop;

-- the new cells of weeks and months, as in marts.measure_periods
create temporary table cell (
    client text not null,
    network text not null,
    measure text not null,
    grain text not null,
    period date not null,
    value numeric,
    reason text,
    completeness numeric not null,
    is_derived boolean not null default false,
    is_late boolean not null default false,
    is_flagged boolean not null default false
) on commit drop;

-- the new days of months, as in marts.daily
create temporary table daily (
    client text not null,
    network text not null,
    measure text not null,
    month date not null,
    first_day date not null,
    numbers numeric[] not null,
    reasons text[],
    is_derived boolean[],
    is_late boolean[],
    is_flagged boolean[]
) on commit drop
