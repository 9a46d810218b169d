-- While nothing of a slice is committed, autovacuum takes what it wrote for empty, and the next slices would be planned
-- as if it were. A month has more than a hundred cells: in a warehouse ten times as large as the slice it no longer
-- matters. Last of all, because until the end of this transaction the others wait to do the same.
do $$
begin
    if (
        select reltuples
        from pg_class
        where oid = 'marts.measure_periods'::regclass
    ) < 1000 * (select count(*) from changed) then
        analyze marts.daily (client, month), marts.measure_periods (client, grain, period), marts.kpi_months (client, period);
    end if;
end
$$
