-- One row per staged load of counts: what the audit has to know of staging.counts.
with staged as (
    select
        load.first_day,
        load.last_day,
        load.source,
        load.network as given_by,
        source.is_whole,
        counts.*
    from core.load as load
    inner join staging.counts as counts on counts.client = load.client and counts.load_id = load.load_id
    inner join catalogue.source as source on source.source = load.source
    where load.run_id = %(run_id)s and load.state = 'staged'
),

facts as (
    select
        staged.client,
        staged.load_id,
        count(*) as n_rows,
        count(*) - count(distinct row(staged.network, staged.measure, staged.grain, staged.period)) as n_doubled,
        count(*) filter (where staged.value < 0 and measure.unit is distinct from 'money') as n_negative,
        count(*) filter (where staged.period <> date_trunc(staged.grain, staged.period::timestamp)::date)
            as n_misaligned,
        count(*) filter (
            where
            staged.grain = 'day' and staged.counted_at is null and not staged.is_whole
            and staged.period not between staged.first_day and staged.last_day
        ) as n_outside,
        count(*) filter (
            where
            staged.network <> staged.given_by
            and exists (
                select from catalogue.given as given
                where given.source = staged.source and given.report = staged.report and given.networks = 'own'
            )
        ) as n_foreign
    from staged
    left join catalogue.measure as measure on measure.measure = staged.measure
    group by staged.client, staged.load_id
),

undeclared as ( -- what the source does not say that it gives: nothing would be counted from it
    select
        staged.client,
        staged.load_id,
        string_agg(distinct staged.measure || ' of report ' || staged.report, ', ') as said
    from staged
    inner join catalogue.source as source on source.source = staged.source
    left join catalogue.given as given
        on
            given.source = staged.source and given.report = staged.report and given.measure = staged.measure
    where not staged.is_whole and given.source is null and not staged.measure = any(source.kept)
    group by staged.client, staged.load_id
),

part as ( -- one row per network and period: parts that cannot be more than their whole
    select
        client,
        load_id,
        max(value) filter (where measure = 'reach_followers') > max(value) filter (where measure = 'reach')
            as is_followers_beyond_reach,
        max(value) filter (where measure = 'first_buyers') > max(value) filter (where measure = 'buyers')
            as is_first_beyond_buyers
    from staged
    where measure in ('reach', 'reach_followers', 'buyers', 'first_buyers')
    group by client, load_id, network, grain, period
),

beyond as (
    select
        client,
        load_id,
        count(*) filter (where is_followers_beyond_reach) as n_followers_beyond_reach,
        count(*) filter (where is_first_beyond_buyers) as n_first_beyond_buyers
    from part
    group by client, load_id
),

jumped as ( -- no row without a count in the three days before: nothing to compare with
    select
        staged.client,
        staged.load_id,
        max(abs(staged.value - before.value)::double precision / nullif(before.value, 0)) as jump
    from staged
    cross join
        lateral (
            select known.value
            from core.counts as known
            where
                known.client = staged.client and known.network = staged.network and known.measure = staged.measure
                and known.counted_at between staged.counted_at - interval '3 days' and staged.counted_at
            order by known.counted_at desc
            limit 1
        ) as before
    where staged.counted_at is not null
    group by staged.client, staged.load_id
),

daily as ( -- the sources' own reports by day: one row each, because each day of a long history is counted for each
    select distinct
        given.source,
        given.report
    from catalogue.given as given
    inner join catalogue.measure as measure on measure.measure = given.measure
    where given.kind = 'counts' and given.networks = 'own' and given.grain = 'day' and measure.kind <> 'stock'
),

claimed as ( -- days that the service said something of in a report by day, if only that it may not be seen
    select
        load.client,
        load.load_id,
        daily.report,
        count(distinct days.day) as n_days
    from core.load as load
    inner join daily on daily.source = load.source
    left join staging.coverage as known
        on known.client = load.client and known.load_id = load.load_id and known.report = daily.report
    left join
        lateral generate_series(
            greatest(known.first_day, load.first_day), least(known.last_day, load.last_day), interval '1 day'
        ) as days (day)
        on true
    where load.run_id = %(run_id)s and load.state = 'staged'
    group by load.client, load.load_id, daily.report
),

listed as materialized ( -- one row per number of a list, whatever days it has
    select distinct
        client,
        load_id,
        network,
        measure
    from staged
    where is_whole
),

-- A number has one source: a figure that the client lists must not be what a service gives of the same network. What
-- another list of the client has is known when both are published: refuse.sql.
given_twice as (
    select
        listed.client,
        listed.load_id,
        string_agg(distinct listed.network || '.' || listed.measure, ', ') as cells
    from listed
    inner join catalogue.given as given on given.measure = listed.measure
    left join catalogue.network as network on network.network = listed.network
    where
        case
            when given.networks = 'own'
                then
                    exists (
                        select from core.client_network as own
                        where
                            own.client = listed.client and own.network = listed.network and own.source = given.source
                    )
                    and (
                        given.lead_part is null
                        or exists (
                            select from core.lead_part as part
                            where
                                part.client = listed.client and part.source = listed.network
                                and part.part = given.lead_part
                        )
                    )
            else
                exists (
                    select from core.coverage as counter
                    left join core.lead_part as part
                        on
                            part.client = counter.client and part.source = counter.network
                            and part.part = given.lead_part
                    where
                        counter.client = listed.client and counter.source = given.source
                        and counter.report = given.report
                        and (given.lead_part is null or part.client is not null)
                )
                and case given.networks
                    when 'site' then listed.network = 'site'
                    when 'origins' then network.network is not null and listed.network <> 'site'
                    else network.is_social
                end
        end
    group by listed.client, listed.load_id
)

select
    load.client,
    load.load_id,
    coalesce(facts.n_rows, 0) as n_rows,
    coalesce(facts.n_doubled, 0) as n_doubled,
    coalesce(facts.n_negative, 0) as n_negative,
    coalesce(facts.n_misaligned, 0) as n_misaligned,
    coalesce(facts.n_outside, 0) as n_outside,
    coalesce(facts.n_foreign, 0) as n_foreign,
    coalesce(beyond.n_followers_beyond_reach, 0) as n_followers_beyond_reach,
    coalesce(beyond.n_first_beyond_buyers, 0) as n_first_beyond_buyers,
    jumped.jump,
    load.last_day - load.first_day + 1 - coalesce(
        (
            select min(claimed.n_days)
            from claimed
            where claimed.client = load.client and claimed.load_id = load.load_id
        ),
        load.last_day - load.first_day + 1
    ) as n_untold_days,
    given_twice.cells as given_twice,
    undeclared.said as undeclared
from core.load as load
left join facts on facts.client = load.client and facts.load_id = load.load_id
left join beyond on beyond.client = load.client and beyond.load_id = load.load_id
left join jumped on jumped.client = load.client and jumped.load_id = load.load_id
left join undeclared on undeclared.client = load.client and undeclared.load_id = load.load_id
left join given_twice on given_twice.client = load.client and given_twice.load_id = load.load_id
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = any(%(sources)s)
