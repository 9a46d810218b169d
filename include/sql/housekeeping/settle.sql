-- Loads whose run is long over, told as failed: one row per load. A worker that is killed leaves its load in `fetching`
-- for ever; one in `staged` could still be published by clearing its run, for a week.
update core.load
set
    state = 'failed',
    reason = case state when 'fetching' then 'interrupted' else 'its run ended before it was published' end,
    is_transient = true,
    finished_at = clock_timestamp()
where
    (state = 'fetching' and started_at < %(as_of)s::timestamptz - interval '24 hours')
    or (state = 'staged' and started_at < %(as_of)s::timestamptz - interval '7 days')
returning client, load_id, network, first_day, last_day, state, reason
