-- Claim the days that this load knows: one row per report and day, unless a load that started later has claimed it.
-- What was known stays known when access is lost. Everything else that is published follows these claims.
insert into core.coverage (client, network, report, day, load_id, state, reason, without)
with claim as ( -- a report may be several answers, each of which knows its days
    select
        known.client,
        load.network,
        known.report,
        days.day::date as day,
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
)

select
    client,
    network,
    report,
    day,
    load_id,
    case
        when bool_and(state = 'no_access') then 'no_access'
        when bool_and(state = 'known') then 'known'
        else 'flagged'
    end as state,
    string_agg(distinct reason, '; ') as reason,
    array(
        select distinct missing.measure
        from claim as same
        cross join lateral unnest(same.without) as missing (measure)
        where same.report = claim.report and same.day = claim.day
        order by 1
    ) as without
from claim
group by client, network, report, day, load_id
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
