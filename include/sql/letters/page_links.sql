-- The readers of one client who have a link that works, or have opened their page: one row per reader.
with link as (
    select
        recipient,
        count(*) as links,
        max(expires_at) as expires_at
    from access.page_link
    where
        client = %(client)s
        and revoked_at is null
        and expires_at > %(now)s
    group by recipient
),

opening as (
    select
        recipient,
        count(*) as openings,
        max(opened_at) as opened_at
    from access.page_opening
    where client = %(client)s
    group by recipient
)

select
    link.expires_at,
    opening.opened_at,
    coalesce(link.recipient, opening.recipient) as recipient,
    coalesce(link.links, 0) as links,
    coalesce(opening.openings, 0) as openings
from link
full join opening on link.recipient = opening.recipient
order by coalesce(link.recipient, opening.recipient)
