-- Claim the days that this load knows: one row per report and day, unless a load that started later has claimed it.
-- What was known stays known when access is lost. Everything else that is published follows these claims.
insert into core.coverage (client, network, report, day, load_id, state, reason, without)
select distinct on (known.report, days.day)
    known.client,
    load.network,
    known.report,
    days.day::date,
    known.load_id,
    known.state,
    known.reason,
    known.without
from staging.coverage as known
inner join core.load as load on load.client = known.client and load.load_id = known.load_id
cross join lateral generate_series(
    known.first_day, least(known.last_day, load.last_day), interval '1 day'
) as days (day)
where known.client = %(client)s and known.load_id = %(load_id)s
order by known.report, days.day, known.state = 'no_access', known.state = 'flagged' desc
on conflict (client, network, report, day) do update set
    load_id = excluded.load_id,
    state = excluded.state,
    reason = excluded.reason,
    without = excluded.without
where
    not (excluded.state = 'no_access' and coverage.state <> 'no_access')
    and not exists (
        select from core.load as later
        inner join core.load as this on this.client = later.client and this.load_id = excluded.load_id
        where
            later.client = coverage.client
            and later.load_id = coverage.load_id
            and (later.started_at, later.load_id) > (this.started_at, this.load_id)
    )
