-- What clients are called: one row each.
select
    client,
    name
from core.client
