-- While nothing of a slice is committed, autovacuum takes what it wrote for empty, and the next slices would be planned
-- as if it were. Last of all, because until the end of this transaction the others wait to do the same.
analyze marts.measure (client, grain, period), marts.kpi (client, grain, period)
