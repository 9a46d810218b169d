-- A letter about a letter stands in its thread, and not every letter is for the client's readers.
alter table marts.letter
add column thread text[] not null default '{}', -- Message-IDs of the letters that it continues, oldest first
add column audience text not null default 'readers' check (audience in ('readers', 'manager', 'operators'));
