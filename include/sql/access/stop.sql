-- Stop a method, or with '' every method, of a token; a stop that ends later stays.
insert into access.stop (token_hash, method, until, reason)
values (%(token_hash)s, %(method)s, clock_timestamp() + %(wait)s, %(reason)s)
on conflict (token_hash, method) do update
    set
        until = greatest(stop.until, excluded.until),
        reason = excluded.reason
