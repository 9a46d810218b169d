-- Whose link this is: one row if it was given, has not been revoked, and has not expired; else none.
select
    client,
    recipient,
    expires_at
from access.page_link
where
    token_hash = %(token_hash)s
    and revoked_at is null
    and expires_at > %(now)s
