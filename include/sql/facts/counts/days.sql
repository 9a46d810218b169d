-- Numbers of days that services count themselves.
insert into fact (client, network, day, report, measure, value)
select
    counts.client,
    counts.network,
    counts.period,
    counts.report,
    counts.measure,
    counts.value
from core.counts as counts
inner join slice_day on counts.client = slice_day.client and counts.period = slice_day.day
where counts.grain = 'day' and counts.counted_at is null
