-- The letters about a client's month that went out, oldest first: one row each.
select
    client,
    letter_id,
    message_id,
    content
from marts.letter
where
    client = %(client)s
    and month = %(month)s
    and kind in ('missed', 'monthly', 'correction')
    and state = 'sent'
order by created_at, (kind = 'correction'), revision
