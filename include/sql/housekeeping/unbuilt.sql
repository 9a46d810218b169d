-- The loads whose months nobody has rebuilt since: no row, or one with the oldest.
select
    count(distinct load.client) as clients,
    min(load.finished_at) as since
from core.change as change
inner join core.load as load on load.client = change.client and load.load_id = change.load_id
where load.state = 'published' and load.finished_at < %(until)s
having count(*) > 0
