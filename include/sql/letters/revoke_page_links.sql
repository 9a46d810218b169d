-- End the working links to the pages of a client's readers, or of one of them; one row per reader: how many.
with revoked as (
    update access.page_link
    set
        revoked_at = %(at)s,
        revoked_by = %(by)s
    where
        client = %(client)s
        and (%(recipient)s::text is null or recipient = %(recipient)s)
        and revoked_at is null
        and expires_at > %(at)s
    returning recipient
)

select
    recipient,
    count(*) as links
from revoked
group by recipient
order by recipient
