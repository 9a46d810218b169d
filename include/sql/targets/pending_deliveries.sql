-- What is to be handed over: one row per letter and reader, oldest letters first.
with reader as (
    select *
    from marts.delivery
    where
        (%(clients)s::text[] is null or client = any(%(clients)s))
        and state in ('due', 'sending')
)

select
    reader.client,
    reader.letter_id,
    reader.recipient,
    reader.language,
    letter.message_id,
    letter.content,
    letter.created_at
from reader
inner join marts.letter as letter on reader.client = letter.client and reader.letter_id = letter.letter_id
where letter.state in ('due', 'sending')
order by letter.created_at, reader.client, reader.letter_id, reader.recipient
