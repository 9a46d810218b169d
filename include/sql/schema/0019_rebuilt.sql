-- When a month was last rebuilt: what was judged of it, or of a later month that is compared with it, may be another
-- verdict now. Of what was built before this was written down, nobody knows.
alter table marts.basis add column built_at timestamptz not null default '-infinity';
alter table marts.basis alter column built_at set default now();
