-- Numbers of weeks and months that services count themselves: people, as the source counted them for that period; never
-- added up. Whole only if it was asked through the period's last day, and every day of it is known. Sources say a zero:
-- a period without a number was not asked for, or is withheld as telling of too few people (flagged).

-- One row per number. It and the next are no `with`s, because the planner would expect one row of each, and compare
-- every number with every other.
create temporary table period_fact on commit drop as
select
    counts.client,
    counts.network,
    counts.measure,
    counts.grain,
    counts.period,
    counts.value,
    counts.through_day,
    given.report,
    given.networks,
    given.whole_periods
from core.counts as counts
inner join catalogue.given as given
    on
        counts.source = given.source
        and counts.report = given.report
        and counts.measure = given.measure
        and counts.grain = given.grain
        and given.networks = case
            when counts.network = counts.given_by then 'own'
            when counts.network = 'site' then 'site'
            else 'social'
        end
where counts.client in (select span.client from span) and counts.grain != 'day' and given.kind = 'counts';

analyze period_fact (client, network, measure, grain, period);

-- one row per number that is there, or would be if it had been asked for
create temporary table counted_period on commit drop as
with counted as (
    select
        expected.client,
        expected.network,
        given.measure,
        slice_period.grain,
        slice_period.period,
        slice_period.last_day,
        given.report,
        expected.networks
    from slice_period
    inner join expected
        on slice_period.client = expected.client and slice_period.period <= expected.last_day
    inner join catalogue.given as given
        on
            expected.source = given.source
            and expected.report = given.report
            and expected.networks = given.networks
            and slice_period.grain = given.grain
            and given.kind = 'counts'
    where slice_period.grain != 'day' and slice_period.through_day is not null
    union
    select
        fact.client,
        fact.network,
        fact.measure,
        fact.grain,
        fact.period,
        slice_period.last_day,
        fact.report,
        fact.networks
    from slice_period
    inner join period_fact as fact
        on
            slice_period.client = fact.client
            and slice_period.grain = fact.grain
            and slice_period.period = fact.period
    where slice_period.through_day is not null
)

select
    counted.*,
    fact.client is not null as is_told,
    fact.value,
    fact.through_day,
    coalesce(fact.whole_periods, false) as whole_periods
from counted
left join period_fact as fact
    on
        counted.client = fact.client
        and counted.network = fact.network
        and counted.measure = fact.measure
        and counted.grain = fact.grain
        and counted.period = fact.period;

analyze counted_period (client, network, measure, grain, period);

insert into cell (client, network, measure, grain, period, value, reason, completeness, is_flagged)
select
    counted.client,
    counted.network,
    counted.measure,
    counted.grain,
    counted.period,
    counted.value,
    case
        when counted.value is not null then null
        when answered.has_no_access then 'no_access'
        when counted.is_told or answered.is_flagged or counted.measure = any(answered.without) then 'not_applicable'
        else 'source_missing'
    end as reason,
    case
        when counted.value is null then 0
        when counted.whole_periods
            then (counted.through_day - counted.period + 1)::numeric / (counted.last_day - counted.period + 1)
        else covered.days::numeric / (counted.last_day - counted.period + 1)
    end as completeness,
    coalesce(answered.is_flagged, false) as is_flagged
from counted_period as counted
left join answered_period as answered
    on
        counted.client = answered.client
        and answered.network = case counted.networks when 'own' then counted.network else '' end
        and counted.report = answered.report
        and counted.grain = answered.grain
        and counted.period = answered.period
cross join
    lateral (
        select count(*) as days
        from unnest(answered.known_days) as known (day)
        where known.day <= counted.through_day
    ) as covered
