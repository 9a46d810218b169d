-- What became of one hand-over.
update marts.delivery
set
    state = %(state)s,
    error = %(text)s,
    sent_at = case when %(state)s = 'sent' then clock_timestamp() end
where
    client = %(client)s
    and letter_id = %(letter_id)s
    and recipient = %(recipient)s
