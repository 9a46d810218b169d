-- What the audit warned of in a client's month and the one before: one row per month, source, relation and rule.
select
    month,
    network,
    source,
    relation,
    rule,
    detail,
    loads,
    first_day,
    last_day
from marts.why_warning
where client = %(client)s and month in (%(month)s::date, %(before)s::date)
order by month desc, network asc, relation asc, rule asc
