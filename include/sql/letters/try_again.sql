-- The readers of a letter whose mail server refused it, and whom the file of its client still names, are due again: one
-- row each.
update marts.delivery
set
    state = 'due',
    attempts = 0,
    error = null,
    needs_person = false,
    next_try_at = null
from marts.letter as letter
left join core.client as client on letter.client = client.client -- the operators' letters are no client's
where
    letter.client = %(client)s
    and letter.letter_id = %(letter_id)s
    and delivery.client = letter.client
    and delivery.letter_id = letter.letter_id
    and delivery.state = 'refused'
    and not delivery.is_draft
    and case letter.audience
        when 'manager' then client.report ->> 'manager' = delivery.recipient
        when 'readers'
            then jsonb_path_exists(
                client.report -> 'to', '$[*][0] ? (@ == $reader)', jsonb_build_object('reader', delivery.recipient)
            )
        else true
    end
returning delivery.recipient
