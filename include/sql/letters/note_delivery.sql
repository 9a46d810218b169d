-- What became of one hand-over. What was put off waits half an hour, then twice as long each time, a day at most: with
-- hourly runs, the next two try again, then one after 2, 4, 8, 16 and every 24 hours, twelve in the 7 days.

-- two runs that note something of one letter do it one after the other: each sees what the other has noted
select
from marts.letter
where client = %(client)s and letter_id = %(letter_id)s
for update;

update marts.delivery
set
    state = %(state)s,
    error = %(text)s,
    needs_person = %(needs_person)s,
    sent_at = case when %(state)s = 'sent' then clock_timestamp() end,
    next_try_at = case
        when %(state)s in ('due', 'sending')
            then
                %(as_of)s::timestamptz
                + least(interval '30 minutes' * power(2, least(attempts, 10) - 1), interval '1 day')
    end
where
    client = %(client)s
    and letter_id = %(letter_id)s
    and recipient = %(recipient)s
    and is_draft = %(is_draft)s;

-- A letter that no reader has, or may have, is not on its way any more: it may still be replaced.
update marts.letter
set state = 'due'
where
    client = %(client)s
    and letter_id = %(letter_id)s
    and state = 'sending'
    and not exists (
        select from marts.delivery as reader
        where
            reader.client = letter.client
            and reader.letter_id = letter.letter_id
            and not reader.is_draft
            and (reader.state in ('sending', 'sent') or reader.in_doubt)
    )
