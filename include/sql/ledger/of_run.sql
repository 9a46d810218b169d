-- The newest load of each slot of a run.
select distinct on (client, source, network, first_day, last_day, reread_of)
    client,
    load_id,
    run_id,
    source,
    network,
    first_day,
    last_day,
    reread_of,
    state,
    rows,
    requests,
    reason,
    is_transient,
    started_at,
    as_of
from core.load
where run_id = %(run_id)s
order by
    client asc, source asc, network asc, first_day asc, last_day asc, reread_of asc, started_at desc, load_id desc
