-- KPIs of `all` that not every network counts as a whole: one that counts some of the pages' numbers that a formula is
-- made of, and not the others, would be in one of its sums and not in the other. What is counted elsewhere than on
-- pages, such as visits and money, belongs to the networks in which there is any; a plan of posts is of one page.
delete from marts.not_everywhere as old
using slice
where old.client = slice.client and old.month = slice.month;

insert into marts.not_everywhere (client, month, kpi)
with term as (
    select distinct
        term.kpi,
        term.measure
    from catalogue.term as term
    inner join catalogue.measure as measure on term.measure = measure.measure and measure.is_of_pages
    where term.network_pin is null
),

formula as (
    select
        kpi,
        count(*) as terms
    from term
    group by kpi
),

counted as ( -- how many of the terms a network has in a month
    select
        cell.client,
        cell.period as month,
        cell.network,
        term.kpi,
        count(*) as terms
    from cell
    inner join social on cell.client = social.client and cell.network = social.network
    inner join term on cell.measure = term.measure
    where cell.grain = 'month'
    group by cell.client, cell.period, cell.network, term.kpi
)

select distinct
    counted.client,
    counted.month,
    counted.kpi
from counted
inner join formula on counted.kpi = formula.kpi
where
    counted.terms < formula.terms
    and not exists ( -- of all pages together the client lists it
        select from listed_measure
        inner join term on listed_measure.measure = term.measure
        where
            listed_measure.client = counted.client and listed_measure.network = 'all' and term.kpi = counted.kpi
    );
