-- How a load stands now; what is not told stays as it was, but a reason is always today's. None, if it was given up
-- for interrupted meanwhile and is to be staged: another try has taken its place.
update core.load
set
    state = %(state)s,
    rows = coalesce(%(rows)s, rows),
    requests = coalesce(%(requests)s, requests),
    health = coalesce(%(health)s, health),
    as_of = coalesce(%(as_of)s, as_of),
    reason = %(reason)s,
    code = %(code)s,
    is_transient = %(is_transient)s,
    finished_at = case when %(state)s <> 'staged' then clock_timestamp() end
where client = %(client)s and load_id = %(load_id)s and not (state = 'failed' and %(state)s = 'staged')
returning load_id
