-- What waits for a person, of all clients: one row of counts. Targets are those of the running month and of the month
-- before; a source fails while its newest load has failed or was rejected.
with judged as (
    select
        count(*) filter (where month = %(month)s::date and verdict = 'certain_miss') as certain_miss,
        count(*) filter (where month = %(month)s::date and verdict = 'at_risk') as at_risk,
        count(*) filter (where month = %(before)s::date and verdict = 'missed') as missed,
        count(*) filter (where verdict in ('not_proven', 'not_measured')) as not_known
    from marts.verdict
    where month in (%(month)s::date, %(before)s::date)
),

letter as (
    select
        count(*) filter (where state = 'draft') as drafts,
        count(*) filter (where state = 'held') as held
    from marts.letter
    where state in ('draft', 'held')
),

source as (
    select count(*) as failing
    from core.client_source as named
    cross join lateral ledger.newest(named.client, named.network) as newest
    where newest.state in ('failed', 'rejected')
)

select
    judged.certain_miss,
    judged.at_risk,
    judged.missed,
    judged.not_known,
    letter.drafts,
    letter.held,
    source.failing
from judged
cross join letter
cross join source
