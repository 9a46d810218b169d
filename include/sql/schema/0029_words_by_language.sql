-- The manager's words in each language of the readers, as language -> text; also before the letter is written.
-- Letters that exist have theirs in the client's language.
alter table marts.letter
alter column comment drop default,
alter column next_steps drop default,
alter column comment type jsonb using case
    when comment = '' then '{}'::jsonb
    else jsonb_build_object(coalesce(content ->> 'language', 'en'), comment)
end,
alter column next_steps type jsonb using case
    when next_steps = '' then '{}'::jsonb
    else jsonb_build_object(coalesce(content ->> 'language', 'en'), next_steps)
end,
alter column comment set default '{}',
alter column next_steps set default '{}';

-- one row per client whose next letter about a month is not written yet, and has words already; not in marts, whose
-- new tables every reader's role sees
create table core.coming_words (
    client text primary key,
    month date not null, -- that the letter will be about
    comment jsonb not null, -- language -> text
    next_steps jsonb not null
);
