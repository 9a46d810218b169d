-- One row per network, report and day of one client that was published.
select
    coverage.client,
    coverage.network,
    coverage.report,
    coverage.day,
    coverage.state,
    coverage.reason,
    array_to_string(coverage.without, ' ') as without,
    coverage.load_id
from core.coverage as coverage
where
    coverage.client = %(client)s
    and coverage.day >= coalesce(%(first_day)s::date, '-infinity')
    and coverage.day <= coalesce(%(last_day)s::date, 'infinity')
