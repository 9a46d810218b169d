-- Claim the days that this load knows: one row per report and day, unless a load that was asked for later has claimed
-- it. What was known stays known when access is lost or the source fails to answer, in whatever order the two loads are
-- published; and so does a measure that an earlier load knew and this one's answer lacks, because the service has
-- removed it, say (but of visits, see below). Everything else that is published follows these claims.

-- one row per report and day of this load's answers. A report may be several answers, each of which knows its days
create temporary table answer on commit drop as
select
    known.report,
    days.day::date as day,
    known.state,
    known.reason,
    known.without
from core.load as this
inner join staging.coverage as known on known.client = this.client and known.load_id = this.load_id
cross join
    lateral generate_series(
        known.first_day, least(known.last_day, this.last_day), interval '1 day'
    ) as days (day)
where this.client = %(client)s and this.load_id = %(load_id)s;

-- one row per report, day and measure that this load's answers lack. An earlier load of the same source knew it if
-- `is_known`: then its number stays
create temporary table lacking on commit drop as
select distinct
    answer.report,
    answer.day,
    without.measure,
    coalesce(kept.state in ('known', 'flagged') and not without.measure = any(kept.without), false)
    and not 'posts' = any(answer.without) -- it is not known whose a post is: the day's sums may be others
    and not exists ( -- a day's visits are replaced whole: those of several origins are one sum
        select from catalogue.given as given
        where given.source = %(source)s and given.report = answer.report and given.kind = 'traffic'
    ) as is_known
from answer
cross join lateral unnest(answer.without) as without (measure)
left join core.coverage as kept
    on
        kept.client = %(client)s
        and kept.network = %(network)s
        and kept.source = %(source)s
        and kept.report = answer.report
        and kept.day = answer.day;

analyze answer, lacking;

with this as not materialized ( -- so that the planner reads each table below by its client
    select *
    from core.load
    where client = %(client)s and load_id = %(load_id)s
),

missing as (
    select
        report,
        day,
        coalesce(array_agg(measure order by measure) filter (where not is_known), '{}') as measures
    from lacking
    group by report, day
),

claim as (
    select
        report,
        day,
        case
            when bool_or(state = 'unanswered') then 'unanswered'
            when bool_and(state = 'no_access') then 'no_access'
            when bool_and(state = 'known') then 'known'
            else 'flagged'
        end as state,
        string_agg(distinct reason, '; ') as reason
    from answer
    group by report, day
),

kept as (
    select
        coverage.report,
        coverage.day,
        coverage.state,
        coverage.reason,
        (other.as_of, other.load_id) > (this.as_of, this.load_id) as is_later
    from this
    inner join core.coverage as coverage on coverage.client = this.client and coverage.network = this.network
    inner join core.load as other on other.client = coverage.client and other.load_id = coverage.load_id
),

known_elsewhere as ( -- of a site's visits, what another counter knows of these days
    select distinct
        other.report,
        other.day
    from this
    inner join core.coverage as other on other.client = this.client and other.network <> this.network
    inner join catalogue.given as theirs
        on theirs.source = other.source and theirs.report = other.report and theirs.networks <> 'own'
    inner join catalogue.given as ours
        on ours.source = this.source and ours.report = other.report and ours.networks <> 'own'
    where other.state in ('known', 'flagged')
)

insert into core.coverage (client, network, source, report, day, load_id, state, reason, without)
select
    this.client,
    this.network,
    this.source,
    claim.report,
    claim.day,
    this.load_id,
    claim.state,
    case when claim.state = 'known' and missing.measures = '{}' then kept.reason else claim.reason end as reason,
    coalesce(missing.measures, '{}')
from this
inner join catalogue.source as source on source.source = this.source
cross join claim
left join missing on missing.report = claim.report and missing.day = claim.day
left join kept on kept.report = claim.report and kept.day = claim.day
left join known_elsewhere as elsewhere on elsewhere.report = claim.report and elsewhere.day = claim.day
where
    not (elsewhere.report is not null and claim.state in ('no_access', 'unanswered'))
    and (
        kept.report is null
        or not (
            case
                when claim.state in ('no_access', 'unanswered')
                    then kept.is_later or kept.state not in ('no_access', 'unanswered')
                else kept.is_later and kept.state not in ('no_access', 'unanswered')
            end
            or (source.is_whole and kept.state = claim.state) -- whatever it says, the whole list is compared
        )
    )
on conflict (client, network, report, day) do update set
    source = excluded.source,
    load_id = excluded.load_id,
    state = excluded.state,
    reason = excluded.reason,
    without = excluded.without
