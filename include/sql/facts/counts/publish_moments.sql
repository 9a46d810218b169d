-- One row per network, measure and day on which it was counted: the last count of that day, under the day on which it
-- was really made. That is a day of the client's zone and of UTC: of the two, the earlier one. Only the days before it
-- are over in both, and the followers of earlier days are counted back over them.
insert into core.counts (
    client, network, measure, grain, period, value, through_day, counted_at, source, given_by, report, load_id
)
select
    staged.client,
    staged.network,
    staged.measure,
    staged.grain,
    moment.day,
    staged.value,
    moment.day as through_day,
    staged.counted_at,
    %(source)s,
    %(network)s,
    staged.report,
    staged.load_id
from staging.counts as staged
inner join core.client as client on client.client = staged.client
cross join
    lateral (
        values (least(staged.counted_at at time zone client.time_zone, staged.counted_at at time zone 'UTC')::date)
    ) as moment (day)
where
    staged.client = %(client)s and staged.load_id = %(load_id)s
    and staged.counted_at is not null and staged.value is not null
on conflict (client, grain, period, network, measure) do update set
    value = excluded.value,
    counted_at = excluded.counted_at,
    source = excluded.source,
    given_by = excluded.given_by,
    report = excluded.report,
    load_id = excluded.load_id
where excluded.counted_at >= counts.counted_at
