-- One row per network, measure and day of the claimed days, and per week or month; of those, the answer that reaches
-- further stays; of two that reach equally far, the one that was asked for later. A day's number that this load lacks
-- and an earlier one knew stays as well: publish/coverage.sql.
delete from core.counts as old
using core.coverage as claim, catalogue.source as source
where
    claim.client = %(client)s and claim.load_id = %(load_id)s
    and source.source = claim.source and not source.is_whole
    and old.client = claim.client and old.grain = 'day' and old.period = claim.day
    and old.report = claim.report and old.source = claim.source and old.given_by = claim.network
    and old.counted_at is null
    and not exists (
        select from lacking
        where
            lacking.report = old.report
            and lacking.day = old.period
            and lacking.measure = old.measure
            and lacking.is_known
    );

delete from core.counts as old
using staging.counts as staged, core.load as this, core.load as earlier, catalogue.source as source
where
    staged.client = %(client)s and staged.load_id = %(load_id)s and staged.grain <> 'day'
    and this.client = staged.client and this.load_id = staged.load_id
    and source.source = this.source and not source.is_whole
    and old.client = staged.client and old.grain = staged.grain and old.period = staged.period
    and old.network = staged.network and old.measure = staged.measure
    and earlier.client = old.client and earlier.load_id = old.load_id
    and (old.through_day, earlier.as_of, earlier.load_id) <= (staged.through_day, this.as_of, this.load_id)
    and (old.given_by = this.network or not exists ( -- whoever has begun a period keeps it
        select from core.coverage as other
        where
            other.client = old.client and other.network = old.given_by and other.report = old.report
            and other.day between old.period and old.through_day
    ));

with another as materialized ( -- the days that another counter of the site's visits knows, and is known by
    select distinct
        other.report,
        other.day
    from core.coverage as other
    inner join catalogue.given as theirs
        on theirs.source = other.source and theirs.report = other.report and theirs.networks <> 'own'
    where
        other.client = %(client)s and other.network <> %(network)s
        and (%(source)s, other.report) in (
            select
                ours.source,
                ours.report
            from catalogue.given as ours
            where ours.networks <> 'own'
        )
)

insert into core.counts (
    client, network, measure, grain, period, value, through_day, note, source, given_by, report, load_id
)
select
    staged.client,
    staged.network,
    staged.measure,
    staged.grain,
    staged.period,
    staged.value,
    staged.through_day,
    staged.note,
    source.source,
    %(network)s,
    staged.report,
    staged.load_id
from staging.counts as staged
inner join catalogue.source as source on source.source = %(source)s and not source.is_whole
left join core.coverage as claim
    on
        claim.client = staged.client and claim.load_id = staged.load_id and claim.report = staged.report
        and claim.day = staged.period and staged.grain = 'day' and claim.state <> 'unanswered'
where
    staged.client = %(client)s and staged.load_id = %(load_id)s and staged.counted_at is null
    and (staged.grain <> 'day' or claim.day is not null)
    -- of a week or month that another counter of the site's visits has begun, this one has not counted everybody
    and not exists (
        select from another
        where
            staged.grain <> 'day'
            and staged.report = another.report
            and another.day between staged.period and staged.through_day
    )
on conflict do nothing
