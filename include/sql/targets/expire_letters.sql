-- What could not be delivered for 7 days is not news any more.
update marts.letter
set
    state = 'expired',
    reason = 'not delivered to everybody within 7 days'
where
    (%(clients)s::text[] is null or client = any(%(clients)s))
    and state in ('due', 'sending')
    and created_at < %(as_of)s::timestamptz - interval '7 days'
