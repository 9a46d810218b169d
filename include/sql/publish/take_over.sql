-- A site's visits have one giver a day: of the days that a report of this load has claimed, what the same report of
-- another source gave goes, if the client's file names that one no more: so a client may change the service that counts
-- its visits. A week or month goes to the new one once it has claimed all the days that the other one knew of it.

-- one row per claimed report and day of a site's visits, and other giver of it
create temporary table taken_over on commit drop as
select distinct
    other.client,
    other.network as given_by,
    other.report,
    other.day
from core.coverage as claim
inner join catalogue.given as ours
    on ours.source = claim.source and ours.report = claim.report and ours.networks <> 'own'
inner join core.coverage as other
    on
        other.client = claim.client
        and other.day = claim.day
        and split_part(other.report, '.', 1) = claim.report
        and other.network <> claim.network
inner join catalogue.given as theirs
    on theirs.source = other.source and theirs.report = claim.report and theirs.networks <> 'own'
left join core.client_source as named on named.client = other.client and named.network = other.network
where claim.client = %(client)s and claim.load_id = %(load_id)s and named.client is null;

delete from core.coverage as other
using taken_over
where
    other.client = taken_over.client
    and other.network = taken_over.given_by
    and other.report = taken_over.report
    and other.day = taken_over.day;

delete from core.counts as old
using taken_over
where
    old.client = taken_over.client
    and old.given_by = taken_over.given_by
    and old.report = taken_over.report
    and old.grain = 'day'
    and old.period = taken_over.day;

delete from core.counts as old
using (
    select distinct
        client,
        given_by,
        report
    from taken_over
) as gone
where
    old.client = gone.client
    and old.given_by = gone.given_by
    and old.report = gone.report
    and old.grain <> 'day'
    and not exists ( -- a day of the period that it still knows
        select from core.coverage as left_over
        where
            left_over.client = old.client
            and left_over.network = old.given_by
            and left_over.report = old.report
            and left_over.day between old.period and old.through_day
    );

drop table taken_over
