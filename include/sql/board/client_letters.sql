-- The newest letters about a client: one row per letter and recipient, one without a recipient where it has none yet.
with letter as (
    select *
    from marts.letter
    where client = %(client)s
    order by created_at desc, letter_id desc
    limit 50
)

select
    letter.letter_id,
    letter.month,
    letter.kind,
    letter.state,
    letter.reason,
    letter.audience,
    letter.subject,
    letter.created_at,
    delivery.recipient,
    delivery.state as delivery_state,
    delivery.is_draft,
    delivery.in_doubt,
    delivery.error,
    delivery.sent_at
from letter
left join marts.delivery as delivery on letter.client = delivery.client and letter.letter_id = delivery.letter_id
order by letter.created_at desc, letter.letter_id desc, delivery.is_draft desc, delivery.recipient asc
