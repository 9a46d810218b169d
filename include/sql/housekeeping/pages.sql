-- Delete links to readers' pages that have expired, and what was noted of openings longer ago than is kept.
-- One row: how many of each.
with link as (
    delete from access.page_link
    where expires_at <= %(as_of)s
    returning 1
),

opening as (
    delete from access.page_opening
    where opened_at < %(kept_from)s
    returning 1
)

select
    (select count(*) from link) as links,
    (select count(*) from opening) as openings
