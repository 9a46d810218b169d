-- From now on the connection's token is the one in its Variable, for as long as its own tokens stay these.
insert into access.renewal (connection, origin)
values (%(connection)s, %(origin)s)
on conflict (connection) do update
    set
        origin = excluded.origin,
        renewed_at = clock_timestamp()
