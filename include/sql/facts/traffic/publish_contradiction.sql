-- Days on which two reports of this load contradict each other are flagged, in the report that is too low.
with contradiction as (
    select
        report,
        day,
        string_agg('its reports contradict each other: ' || said, '; ' order by what) as reason
    from staging.contradiction
    where client = %(client)s and load_id = %(load_id)s
    group by report, day
)

update core.coverage as claim
set state = 'flagged', reason = concat_ws('; ', claim.reason, contradiction.reason)
from contradiction
where
    claim.client = %(client)s
    and claim.load_id = %(load_id)s
    and claim.report = contradiction.report
    and claim.day = contradiction.day
