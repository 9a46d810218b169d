-- What the audit warned of in the numbers of a client's month: one row per source of its file.
select distinct
    client,
    source,
    network
from marts.why_warning
where client = %(client)s and month = %(month)s
order by source, network
