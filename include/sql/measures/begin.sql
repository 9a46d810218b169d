-- One rebuild at a time. It is one transaction; its temporary tables go with it.
set local work_mem = '128MB';

select pg_advisory_xact_lock(hashtextextended('rebuild', 0));

-- one row per client and month that is asked for
create temporary table taken (
    client text not null,
    month date not null
) on commit drop
