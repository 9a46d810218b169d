-- Whether a month must be judged again is decided by versions. Clocks cannot decide it: a rebuild is stamped when its
-- transaction begins, so one that commits after a judgement may look older than it.
alter table marts.basis
add column version integer not null default 0; -- which rebuild of the client built the month; a later one has a greater

alter table marts.verdict
add column basis_version integer; -- the greatest of the months up to this one, as it was judged; null = not known

-- What was rebuilt and not judged since, by the clocks, is still to be judged; everything else stays as it was judged.
update marts.verdict set basis_version = 0
where
    not exists (
        select from marts.basis as basis
        where
            basis.client = verdict.client
            and basis.month <= verdict.month
            and basis.built_at > verdict.evaluated_at
    );

alter table marts.basis drop column built_at;

comment on column core.change.load_id is 'file/... = the client''s file, as one transaction changed it';
