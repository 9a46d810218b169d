-- Every month in which some traffic of a client now belongs to another network is to be rebuilt: one row per month.
with moved as (
    select
        session_source,
        session_medium
    from noted
    where catalogue.network_of(session_source, session_medium) != network
)

insert into core.change (client, month, load_id)
select distinct
    noted_month.client,
    noted_month.month,
    'networks'
from noted_month
inner join moved
    on noted_month.session_source = moved.session_source and noted_month.session_medium = moved.session_medium
on conflict do nothing;

drop table noted, noted_month
