-- Not everything that a mail server refuses is the reader's: what is ours is tried again, and operators hear of it.
alter table marts.delivery
add column needs_person boolean not null default false; -- tried again, but the cause hardly ends by itself

-- A letter that no reader has, or may have, is not on its way: it may still be replaced.
update marts.letter set state = 'due'
where
    state = 'sending'
    and not exists (
        select from marts.delivery as reader
        where
            reader.client = letter.client
            and reader.letter_id = letter.letter_id
            and not reader.is_draft
            and (reader.state in ('sending', 'sent') or reader.in_doubt)
    );
