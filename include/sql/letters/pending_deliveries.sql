-- What is to be handed over: one row per letter and reader, and per draft and manager, oldest letters first.
with reader as (
    select *
    from marts.delivery
    where
        (%(clients)s::text[] is null or client = any(%(clients)s))
        and state in ('due', 'sending')
        and coalesce(next_try_at <= %(as_of)s, true)
)

select
    reader.client,
    reader.letter_id,
    reader.recipient,
    reader.language,
    reader.is_draft,
    coalesce(reader.message_id, letter.message_id) as message_id,
    letter.kind,
    letter.thread,
    letter.content,
    letter.comment,
    letter.next_steps,
    letter.replaces,
    letter.due_at,
    letter.created_at,
    -- whom an answer goes to is asked now: the letter may have waited longer than she stayed
    case when client.client is null then letter.content ->> 'manager' else client.report ->> 'manager' end as manager,
    coalesce(client.report -> 'names' ->> reader.recipient, '') as reader_name,
    -- else this is the reader's first letter, which explains its numbers
    exists(
        select from marts.delivery as told
        inner join marts.letter as earlier on told.client = earlier.client and told.letter_id = earlier.letter_id
        where
            told.client = reader.client
            and told.recipient = reader.recipient
            and told.state = 'sent'
            and not told.is_draft
            and earlier.created_at < letter.created_at
    ) as has_read
from reader
inner join marts.letter as letter on reader.client = letter.client and reader.letter_id = letter.letter_id
left join core.client as client on letter.client = client.client
where case when reader.is_draft then letter.state = 'draft' else letter.state in ('due', 'sending') end
order by letter.created_at, reader.client, reader.letter_id, reader.is_draft, reader.recipient
