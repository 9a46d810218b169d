-- A site's visits have one giver a day: on the days that this load has claimed, what another source gave that the client's
-- file names no more goes, so that a client may change the service that counts its visits.
delete from core.counts as old
using core.coverage as claim, catalogue.given as ours, catalogue.given as theirs
where
    claim.client = %(client)s and claim.load_id = %(load_id)s
    and ours.source = claim.source and ours.report = claim.report and ours.networks <> 'own'
    and old.client = claim.client and old.grain = 'day' and old.period = claim.day
    and old.given_by <> claim.network
    and theirs.source = old.source and theirs.report = old.report and theirs.networks <> 'own'
    and not exists (
        select from core.client_source as named
        where named.client = old.client and named.network = old.given_by
    );

delete from core.coverage as other
using core.coverage as claim, catalogue.given as ours
where
    claim.client = %(client)s and claim.load_id = %(load_id)s
    and ours.source = claim.source and ours.report = claim.report and ours.networks <> 'own'
    and other.client = claim.client and other.day = claim.day and other.network <> claim.network
    and exists (
        select from catalogue.given as theirs
        where theirs.source = other.source and theirs.networks <> 'own'
    )
    and not exists (
        select from core.client_source as named
        where named.client = other.client and named.network = other.network
    )
