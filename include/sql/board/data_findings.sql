-- What the audit found in a client's loads, newest first: one row per finding.
select
    finding.found_at,
    finding.relation,
    finding.rule,
    finding.severity,
    finding.detail,
    load.run_id,
    load.network,
    load.first_day,
    load.last_day,
    count(*) over () as findings
from audit.finding as finding
inner join core.load as load on finding.client = load.client and finding.load_id = load.load_id
where finding.client = %(client)s
order by finding.found_at desc, finding.relation asc, finding.rule asc, load.load_id asc
limit %(size)s
