-- The state of each letter on its way, from its readers' deliveries.

-- who has a letter in hand may be changing its deliveries: what follows sees them as they are after that
select
from marts.letter
where
    (%(clients)s::text[] is null or client = any(%(clients)s))
    and state in ('due', 'sending')
order by client, letter_id
for update;

with outcome as (
    select
        client,
        letter_id,
        bool_or(state in ('due', 'sending')) as is_open,
        bool_or(state = 'sent') as is_sent
    from marts.delivery
    where
        (%(clients)s::text[] is null or client = any(%(clients)s))
        and not is_draft
    group by client, letter_id
)

update marts.letter
set
    state = case when outcome.is_sent then 'sent' else 'held' end,
    reason = case when not outcome.is_sent then 'refused for every reader' end
from outcome
where
    letter.client = outcome.client
    and letter.letter_id = outcome.letter_id
    and letter.state in ('due', 'sending')
    and not outcome.is_open
