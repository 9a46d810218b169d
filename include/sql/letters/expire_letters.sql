-- What could not be delivered for 7 days, counted from when it was released, is not news any more. One that a reader
-- was sent has gone out: it is corrected like any other, and nobody is told the same again.
update marts.letter
set
    state = case
        when exists (
            select from marts.delivery as reader
            where
                reader.client = letter.client
                and reader.letter_id = letter.letter_id
                and reader.state = 'sent'
                and not reader.is_draft
        ) then 'sent'
        else 'expired'
    end,
    reason = 'not delivered to everybody within 7 days'
where
    (%(clients)s::text[] is null or client = any(%(clients)s))
    and state in ('due', 'sending')
    and greatest(created_at, due_at, decided_at) < %(as_of)s::timestamptz - interval '7 days'
