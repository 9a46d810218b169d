-- When the targets of these clients were last judged: one row; null = never.
select max(evaluated_at) as judged_at
from marts.verdict
where client = any(%(clients)s::text[])
