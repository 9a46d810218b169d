-- A client's visits, reactions and followers of these days are other ones than before; one row of core.change per month.
update core.traffic
set sessions = sessions + 1
where client = %(client)s and day between %(first_day)s and %(last_day)s;

update core.traffic_totals
set sessions = sessions + 9
where client = %(client)s and day between %(first_day)s and %(last_day)s;

update core.counts
set value = value + 1
where
    client = %(client)s and grain = 'day' and period between %(first_day)s and %(last_day)s
    and report = 'stats' and measure in ('likes', 'followers_gained');

insert into core.change (client, month)
select distinct
    client,
    date_trunc('month', day)::date
from core.coverage
where client = %(client)s and day between %(first_day)s and %(last_day)s
