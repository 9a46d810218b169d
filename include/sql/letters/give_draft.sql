-- A letter that was just written goes to the client's manager first: her row, or none if she is its only reader, or the
-- file names no manager.
with manager as (
    select distinct
        client.client,
        reader.letter_id,
        client.report ->> 'manager' as address,
        client.language
    from core.client as client
    inner join marts.delivery as reader on client.client = reader.client
    where
        client.client = %(client)s
        and reader.recipient != client.report ->> 'manager'
),

letter as (
    update marts.letter
    set
        state = 'draft',
        due_at = %(due_at)s
    from manager
    where
        letter.client = manager.client
        and letter.letter_id = manager.letter_id
        and letter.letter_id = %(letter_id)s
        and letter.state = 'due'
    returning letter.client, letter.letter_id, manager.address, manager.language
)

insert into marts.delivery (client, letter_id, recipient, language, state, is_draft, message_id)
select
    client,
    letter_id,
    address,
    language,
    'due',
    true,
    %(message_id)s
from letter
returning recipient
