-- The letters that one reader of one client was sent, newest first: one row per letter; all, or one if it is named.
select
    letter.letter_id,
    letter.kind,
    letter.month,
    letter.content,
    letter.comment,
    letter.next_steps,
    delivery.language,
    delivery.sent_at
from marts.delivery as delivery
inner join marts.letter as letter on delivery.client = letter.client and delivery.letter_id = letter.letter_id
where
    delivery.client = %(client)s
    and delivery.recipient = %(recipient)s
    and delivery.state = 'sent'
    and not delivery.is_draft
    and letter.audience = 'readers'
    and (%(letter_id)s::text is null or letter.letter_id = %(letter_id)s)
order by delivery.sent_at desc, letter.letter_id desc
limit %(most)s
