-- The newest attempt of a source, without reading all of its loads: no `limit` reaches an index through the view's
-- `union all`, but a load's id does.

-- one row of ledger.attempt, or none
create function ledger.newest(of_client text, of_network text) returns setof ledger.attempt
language sql stable
begin atomic
    with newest_load as (
        select load.load_id
        from core.load
        where load.client = of_client and load.network = of_network -- noqa: RF03
        order by load.started_at desc, load.load_id desc
        limit 1
    )

    select attempt.* -- noqa: AM04
    from ledger.attempt
    where
        attempt.client = of_client and attempt.network = of_network -- noqa: RF03
        and attempt.load_id in ('', (select newest_load.load_id from newest_load)) -- '' is planned
    order by attempt.started_at desc, attempt.load_id desc
    limit 1;
end;
