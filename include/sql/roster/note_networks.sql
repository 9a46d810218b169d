-- Which network each origin of traffic belongs to before the map is filled anew; mark_networks.sql compares. No rebuild
-- is under way meanwhile: what an earlier one has mapped is seen here, and a later one will see the new map.

-- one row per client, month and pair of session source and medium
create temporary table noted_month on commit drop as
select
    client,
    date_trunc('month', day)::date as month,
    session_source,
    session_medium
from core.traffic
group by client, date_trunc('month', day)::date, session_source, session_medium
union
select
    client,
    date_trunc('month', day)::date as month,
    session_source,
    session_medium
from core.traffic_events
where not is_total
group by client, date_trunc('month', day)::date, session_source, session_medium;

-- one row per pair
create temporary table noted on commit drop as
with pair as (
    select distinct
        session_source,
        session_medium
    from noted_month
)

select
    session_source,
    session_medium,
    catalogue.network_of(session_source, session_medium) as network
from pair
