-- What operators should know of letters and sources: one row per trouble. `network` is the source's name in the file of
-- its client; of a letter there is none. A letter is spoken of for a month.
with letter as (
    select
        client,
        letter_id,
        state,
        reason,
        greatest(created_at, due_at, decided_at) < %(as_of)s::timestamptz - interval '1 day' as is_late
    from marts.letter
    where created_at > %(as_of)s::timestamptz - interval '31 days'
),

newest_load as (
    select distinct on (client, network)
        client,
        network,
        state,
        is_transient,
        reason
    from core.load
    where state in ('published', 'rejected', 'failed')
    order by client asc, network asc, started_at desc, load_id desc
),

newest_day as (
    select distinct on (client, network, report)
        client,
        network,
        report,
        state,
        reason
    from core.coverage
    where day >= %(as_of)s::date - 31
    order by client asc, network asc, report asc, day desc
)

select
    client,
    'held' as kind,
    letter_id as what,
    reason as why,
    null as network
from letter
where state = 'held'
union all
select
    reader.client,
    'refused' as kind,
    reader.letter_id || ' · ' || reader.recipient as what,
    reader.error as why,
    null as network
from marts.delivery as reader
inner join letter on reader.client = letter.client and reader.letter_id = letter.letter_id
where reader.state = 'refused'
union all
select
    reader.client,
    case
        when reader.needs_person and letter.state in ('draft', 'due', 'sending') then 'tried_again'
        when letter.is_late then 'undelivered'
        else 'held'
    end as kind,
    reader.letter_id || ' · ' || reader.recipient as what,
    reader.error as why,
    null as network
from marts.delivery as reader
inner join letter on reader.client = letter.client and reader.letter_id = letter.letter_id
where
    reader.state in ('due', 'sending')
    and case
        when reader.is_draft then letter.state = 'draft' and reader.needs_person
        else
            letter.state in ('due', 'sending', 'sent', 'expired') -- sent = others have it
            and (
                letter.is_late
                or reader.needs_person
                or (reader.attempts = 0 and reader.error is not null) -- a copy that could not be made
            )
    end
union all
select
    client,
    'source' as kind,
    network as what,
    reason as why,
    network
from newest_load
where state = 'rejected' or (state = 'failed' and not is_transient)
union all
select
    client,
    'access' as kind,
    network || ' · ' || report as what,
    reason as why,
    network
from newest_day
where state = 'no_access'
order by kind, client, what
