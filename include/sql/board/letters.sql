-- The letters of one page of the list: one row per letter, what waits for somebody first, and how many there are on all
-- pages. A client is meant by its id; by a part of its name or id, if there is no such id.
with named as (
    select
        letter.client,
        letter.letter_id,
        client.name,
        letter.month,
        letter.kind,
        letter.state,
        letter.subject,
        letter.reason,
        letter.due_at,
        letter.created_at,
        letter.decided_by,
        client.time_zone,
        array_position(array['draft', 'held', 'due', 'sending', 'sent', 'expired', 'taken_back'], letter.state) as place
    from marts.letter as letter
    left join core.client as client on letter.client = client.client -- the operators' letters are no client's
    where
        (%(kind)s::text = '' or letter.kind = %(kind)s::text)
        and (%(state)s::text = '' or letter.state = %(state)s::text)
        and (
            %(client)s::text = ''
            or letter.client = %(client)s::text
            or (
                not exists (
                    select from core.client as known
                    where known.client = %(client)s::text
                )
                and position(lower(%(client)s::text) in lower(concat_ws(' ', client.name, letter.client))) > 0
            )
        )
),

page as (
    select
        *,
        count(*) over () as letters
    from named
    order by
        case when place in (3, 4) then 3 else place end asc,
        case when state = 'draft' then due_at end asc,
        created_at desc,
        client asc,
        letter_id asc
    limit %(size)s::integer offset %(size)s::integer * (%(page)s::integer - 1)
)

select
    page.*,
    -- the Monday of a weekly letter; a content is large, so those of the page alone are read
    (letter.content ->> 'week')::date as week
from page
inner join marts.letter as letter on page.client = letter.client and page.letter_id = letter.letter_id
order by
    case when page.place in (3, 4) then 3 else page.place end asc,
    case when page.state = 'draft' then page.due_at end asc,
    page.created_at desc,
    page.client asc,
    page.letter_id asc
