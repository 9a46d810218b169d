-- Whether anybody judges the targets of these clients: one row. When one was last judged (null = never), since when
-- there is something to judge (null = nothing is published), and whether report_targets has ever read what they ask.
select
    (
        select max(evaluated_at)
        from marts.verdict
        where client = any(%(clients)s::text[])
    ) as judged_at,
    (
        select min(finished_at)
        from core.load
        where client = any(%(clients)s::text[]) and state = 'published'
    ) as published_at,
    (
        select count(*)
        from core.target_version
        where client = any(%(clients)s::text[])
    ) > 0 as is_asked
