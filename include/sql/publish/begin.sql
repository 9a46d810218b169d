-- Of a load that has just been staged Postgres has no statistics, and would look up each of its rows by itself.
set local enable_nestloop = off
