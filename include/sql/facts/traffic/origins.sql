-- Where visits and forms came from, by include/networks.yml as of now: nothing of it is kept in core, so that a
-- changed alias changes all history.

-- one row per client and pair of session source and medium, in each month that a cell to rebuild may rest on
create temporary table origin_month on commit drop as
with touched as (
    select distinct
        client,
        month,
        (month + interval '1 month - 1 day')::date as month_end
    from slice_day
)

select distinct
    touched.client,
    touched.month,
    traffic.session_source,
    traffic.session_medium
from touched
inner join core.traffic as traffic
    on touched.client = traffic.client and traffic.day between touched.month and touched.month_end
union
select distinct
    touched.client,
    touched.month,
    events.session_source,
    events.session_medium
from touched
inner join core.lead_part as form on touched.client = form.client and form.part = 'forms'
inner join core.traffic_events as events
    on
        touched.client = events.client
        and form.event = events.event
        and not events.is_total
        and events.day between touched.month and touched.month_end;

-- one row per pair; each is looked up once, however many visits it has
create temporary table origin on commit drop as
with pair as (
    select distinct
        session_source,
        session_medium
    from origin_month
)

select
    session_source,
    session_medium,
    catalogue.network_of(session_source, session_medium) as network
from pair;

analyze origin_month;
analyze origin
