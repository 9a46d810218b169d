-- A client's visits, reactions and followers of these days are other ones than before; one row of core.change per month.
update core.ga4_traffic
set sessions = sessions + 1
where client = %(client)s and day between %(first_day)s and %(last_day)s;

update core.ga4_totals
set sessions = sessions + 9
where client = %(client)s and day between %(first_day)s and %(last_day)s;

update core.vk_stats
set
    likes = likes + 1,
    joined = joined + 1
where client = %(client)s and grain = 'day' and period between %(first_day)s and %(last_day)s;

insert into core.change (client, month)
select distinct
    client,
    date_trunc('month', day)::date
from core.coverage
where client = %(client)s and day between %(first_day)s and %(last_day)s
