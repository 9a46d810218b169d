-- The manager's time is over: the letters go to their readers as they are.
update marts.letter
set state = 'due'
where
    (%(clients)s::text[] is null or client = any(%(clients)s))
    and state = 'draft'
    and due_at <= %(as_of)s
