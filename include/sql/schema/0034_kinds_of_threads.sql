-- What a thread is: a conversation that a person began by a message, or a comment below a post. They are never counted
-- together. Until now all were messages.
alter table staging.threads add column kind text not null default 'messages';
alter table staging.threads alter column kind drop default;

alter table core.threads add column kind text not null default 'messages' check (kind in ('messages', 'comments'));
alter table core.threads alter column kind drop default;
