-- Who has left the client's file since a letter was written gets it no more, and the operators are told; nor does a
-- reader of whom it is in doubt whether the letter reached him, unless another run has him in hand (delivery.py).
with reader as (
    select *
    from marts.delivery
    where
        (%(clients)s::text[] is null or client = any(%(clients)s))
        and state in ('due', 'sending')
),

waiting as (
    select
        reader.client,
        reader.letter_id,
        reader.recipient,
        reader.is_draft,
        client.report -> 'to' as readers,
        case when reader.is_draft or letter.audience = 'manager' then client.report ->> 'manager' end as manager,
        reader.is_draft or letter.audience = 'manager' as is_managers
    from reader
    inner join marts.letter as letter on reader.client = letter.client and reader.letter_id = letter.letter_id
    inner join core.client as client on letter.client = client.client -- the operators' letters are no client's
    where letter.state in ('draft', 'due', 'sending')
)

update marts.delivery
set
    state = 'refused',
    error = 'no longer named in the file of the client'
from waiting
where
    delivery.client = waiting.client
    and delivery.letter_id = waiting.letter_id
    and delivery.recipient = waiting.recipient
    and delivery.is_draft = waiting.is_draft
    and delivery.state in ('due', 'sending')
    and case
        when waiting.is_managers then delivery.recipient is distinct from waiting.manager
        else not jsonb_path_exists(
            waiting.readers, '$[*][0] ? (@ == $reader)', jsonb_build_object('reader', delivery.recipient)
        )
    end
    and case delivery.state
        when 'due' then true
        else pg_try_advisory_xact_lock(
            hashtextextended(
                concat_ws(
                    '/',
                    case when delivery.is_draft then 'draft' else 'delivery' end,
                    delivery.client,
                    delivery.letter_id,
                    delivery.recipient
                ),
                0
            )
        )
    end
