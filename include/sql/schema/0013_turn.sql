-- The manager's turn with a letter before its readers see it, letters that a server puts off, and what operators know.
alter table marts.letter
drop constraint letter_state_check,
add constraint letter_state_check check (state in ('draft', 'due', 'sending', 'sent', 'held', 'expired')),
add column due_at timestamptz, -- of what was a draft: when it goes to its readers as it is
add column comment text not null default '', -- the manager's words, plain text
add column next_steps text not null default '',
add column decided_at timestamptz; -- when somebody last released or held it

alter table marts.delivery
add column is_draft boolean not null default false, -- the manager's copy, before the readers' turn
add column message_id text, -- null = the letter's own
add column next_try_at timestamptz, -- put off until then
drop constraint delivery_pkey,
add primary key (client, letter_id, recipient, is_draft);

-- one row per trouble that the operators were told of and that still holds
create table marts.trouble (
    client text not null, -- _operators = everybody's
    kind text not null,
    what text not null,
    told_at timestamptz not null,
    primary key (client, kind, what)
);
