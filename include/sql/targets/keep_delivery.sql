-- Keep others off the row of a hand-over that has begun; one row, or none if somebody was faster.
select recipient
from marts.delivery
where
    client = %(client)s
    and letter_id = %(letter_id)s
    and recipient = %(recipient)s
    and attempts = %(attempts)s -- whoever took the row in the moment between has counted one more
for update skip locked
