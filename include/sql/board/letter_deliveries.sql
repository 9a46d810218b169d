-- To whom some letters go and what came of it: one row per letter and reader, and per draft and manager.
select
    delivery.client,
    delivery.letter_id,
    delivery.recipient,
    delivery.language,
    delivery.is_draft,
    delivery.state,
    delivery.attempts,
    delivery.in_doubt,
    delivery.error,
    delivery.sent_at,
    delivery.next_try_at
from marts.delivery as delivery
where
    (delivery.client, delivery.letter_id) in (
        select
            asked.client,
            asked.letter_id
        from unnest(%(clients)s::text[], %(letter_ids)s::text[]) as asked (client, letter_id)
    )
order by delivery.client, delivery.letter_id, delivery.is_draft, delivery.recipient
