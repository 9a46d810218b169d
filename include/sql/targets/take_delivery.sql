-- Note that one hand-over begins, unless somebody else has it in hand; one row with its number of attempts, or none.
with free_letter as (
    select
        client,
        letter_id
    from marts.letter
    where client = %(client)s and letter_id = %(letter_id)s and state in ('due', 'sending')
    for update skip locked
),

free_reader as (
    select
        client,
        letter_id,
        recipient
    from marts.delivery
    where
        client = %(client)s
        and letter_id = %(letter_id)s
        and recipient = %(recipient)s
        and state in ('due', 'sending')
    for update skip locked
),

free as (
    select free_reader.*
    from free_reader
    inner join free_letter
        on free_reader.client = free_letter.client and free_reader.letter_id = free_letter.letter_id
),

begun as (
    update marts.letter
    set state = 'sending'
    from free
    where letter.client = free.client and letter.letter_id = free.letter_id
)

update marts.delivery
set
    state = 'sending',
    attempts = attempts + 1,
    in_doubt = in_doubt or state = 'sending'
from free
where
    delivery.client = free.client
    and delivery.letter_id = free.letter_id
    and delivery.recipient = free.recipient
returning delivery.attempts
