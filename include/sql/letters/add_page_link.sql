-- Note the link to the reader's own page that goes into this mail; one row: the last day on which it works, where the
-- client is. No row if the letter is not for the client's readers.
with letter as (
    select
        letter.client,
        letter.letter_id,
        client.time_zone
    from marts.letter as letter
    inner join core.client as client on letter.client = client.client
    where
        letter.client = %(client)s
        and letter.letter_id = %(letter_id)s
        and letter.audience = 'readers'
),

until as (
    select
        client,
        letter_id,
        time_zone,
        (clock_timestamp() at time zone time_zone)::date + %(days)s::int as last_day
    from letter
),

link as (
    insert into access.page_link (client, token_hash, recipient, letter_id, expires_at)
    select
        client,
        %(token_hash)s,
        %(recipient)s,
        letter_id,
        (last_day + 1)::timestamp at time zone time_zone
    from until
)

select last_day
from until
