-- When a load's answers were asked for. A load that is read again from the archive is as old as its answers: what the
-- services have said since then stays.
alter table core.load add column as_of timestamptz;
update core.load set as_of = started_at;
alter table core.load
alter column as_of set not null,
alter column as_of set default statement_timestamp(), -- the same moment as started_at
alter column started_at set default statement_timestamp();

-- Whether a load of the same source whose answers were asked for later is published already.
create or replace function core.is_overtaken(of_client text, of_load_id text) returns boolean
language sql stable
as $$
    select exists (
        select from core.load as this
        inner join core.load as later
            on
                later.client = this.client
                and later.source = this.source
                and later.network = this.network
                and later.state = 'published'
                and (later.as_of, later.load_id) > (this.as_of, this.load_id)
        where this.client = of_client and this.load_id = of_load_id
    )
$$;

-- A crash of Postgres empties unlogged tables. Of a load without any row, the days that it knows are all there is:
-- nothing would tell that they were lost.
alter table staging.coverage set logged;
