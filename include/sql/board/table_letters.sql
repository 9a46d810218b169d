-- One row per letter, without anybody's address.
select
    client,
    letter_id,
    month,
    kind,
    revision,
    state,
    audience,
    subject,
    reason,
    readers,
    sent,
    refused,
    created_at,
    due_at,
    decided_at,
    sent_at
from marts.mailing
where
    (%(client)s::text is null or client = %(client)s)
    and month >= coalesce(%(first_day)s::date, '-infinity')
    and month <= coalesce(%(last_day)s::date, 'infinity')
