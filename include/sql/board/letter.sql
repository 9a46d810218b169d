-- One letter: one row, with the letter that took its place, if it was taken back.
select
    letter.client,
    letter.letter_id,
    letter.month,
    (letter.content ->> 'week')::date as week, -- its Monday, of a weekly letter
    letter.kind,
    letter.revision,
    letter.state,
    letter.subject,
    letter.content,
    letter.reason,
    letter.created_at,
    letter.due_at,
    letter.comment,
    letter.next_steps,
    letter.decided_at,
    letter.decided_by,
    letter.replaces,
    client.name,
    client.time_zone,
    coalesce(client.report ->> 'manager', letter.content ->> 'manager') as manager,
    later.letter_id as replaced_by
from marts.letter as letter
left join core.client as client on letter.client = client.client
left join marts.letter as later on letter.client = later.client and letter.letter_id = later.replaces
where letter.client = %(client)s and letter.letter_id = %(letter_id)s
