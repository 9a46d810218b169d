-- What could not be delivered for 7 days, counted from when it was released, is not news any more.
update marts.letter
set
    state = 'expired',
    reason = 'not delivered to everybody within 7 days'
where
    (%(clients)s::text[] is null or client = any(%(clients)s))
    and state in ('due', 'sending')
    and greatest(created_at, due_at, decided_at) < %(as_of)s::timestamptz - interval '7 days'
