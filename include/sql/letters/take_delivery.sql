-- Note that one hand-over begins; one row, or none if there is nothing to hand over any more, or the manager has said
-- something else since the mail was made: the next run hands that over. A draft stays a draft.
with letter as (
    update marts.letter
    set state = case when %(is_draft)s then state else 'sending' end
    where
        client = %(client)s
        and letter_id = %(letter_id)s
        and case when %(is_draft)s then state = 'draft' else state in ('due', 'sending') end
        and comment = %(comment)s
        and next_steps = %(next_steps)s
        and exists ( -- else another run has been faster, and the letter stays as that has left it
            select from marts.delivery as reader
            where
                reader.client = letter.client
                and reader.letter_id = letter.letter_id
                and reader.recipient = %(recipient)s
                and reader.is_draft = %(is_draft)s
                and reader.state in ('due', 'sending')
                and coalesce(reader.next_try_at <= %(as_of)s, true)
        )
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
    and delivery.is_draft = %(is_draft)s
    and delivery.state in ('due', 'sending')
    and coalesce(delivery.next_try_at <= %(as_of)s, true)
returning delivery.recipient
