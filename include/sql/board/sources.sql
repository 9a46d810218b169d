-- The sources that clients have: one row each.
select distinct source
from core.client_source
