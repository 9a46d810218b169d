-- Readers' own pages, which need no login (plugins/smm/pages): who may open one, and who has opened one.

-- one row per link that was put into a mail. The link itself stands in that mail only; here is its SHA-256, so a copy
-- of this table opens nothing.
create table access.page_link (
    client text not null,
    token_hash text not null, -- hexadecimal
    recipient text not null,
    letter_id text not null, -- the letter whose mail has the link
    made_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null, -- midnight where the client is
    revoked_at timestamptz,
    revoked_by text,
    primary key (client, token_hash)
);

create index on access.page_link (token_hash); -- who opens a link does not say of which client it is

-- one row each time that a reader's page, or a letter on it, was opened; nothing of the browser or the address
create table access.page_opening (
    client text not null,
    recipient text not null,
    letter_id text, -- null: the page itself
    opened_at timestamptz not null default clock_timestamp()
);

create index on access.page_opening (client, recipient, opened_at);
