-- Note that one hand-over begins; one row, or none if there is nothing to hand over any more.
with letter as (
    update marts.letter
    set state = 'sending'
    where
        client = %(client)s
        and letter_id = %(letter_id)s
        and state in ('due', 'sending')
    returning client, letter_id
)

update marts.delivery
set
    state = 'sending',
    attempts = attempts + 1,
    in_doubt = in_doubt or state = 'sending'
from letter
where
    delivery.client = letter.client
    and delivery.letter_id = letter.letter_id
    and delivery.recipient = %(recipient)s
    and delivery.state in ('due', 'sending')
returning delivery.recipient
