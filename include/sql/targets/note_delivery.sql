-- What became of one hand-over. What was put off waits half an hour, then twice as long each time, a day at most: with
-- hourly runs, the next two try again, then one after 2, 4, 8, 16 and every 24 hours, twelve in the 7 days.
update marts.delivery
set
    state = %(state)s,
    error = %(text)s,
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
    and is_draft = %(is_draft)s
