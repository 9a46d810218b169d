-- What is asked of these clients' month: one row per target that says something of it, with the bounds between which
-- its value must lie. A month is judged from its clients' 4th day of the next one, and for good from the 14th; before,
-- it is running. The plan for a quarter or a campaign is running in every month but the one in which it ends.

-- one row per such target, as its wording has it. This is the first statement of a judgement: what is rebuilt while the
-- later ones read is newer than `basis_version`, so the month will be judged again.
create temporary table worded on commit drop as
with served as ( -- the clients at work in the month
    select
        client,
        started,
        time_zone,
        %(month)s::date as month,
        (%(as_of)s::timestamptz at time zone time_zone)::date as today,
        (%(month)s::date + interval '1 month')::date as month_after,
        (
            select coalesce(max(basis.version), 0)
            from marts.basis as basis
            where basis.client = client.client and basis.month <= %(month)s::date
        ) as basis_version
    from core.client as client
    where
        client = any(%(clients)s)
        and started <= %(month)s::date
        and (ended is null or ended >= %(month)s::date)
        and (
            paused_from is null
            or paused_from > %(month)s::date
            or paused_to < (%(month)s::date + interval '1 month')::date - 1
        )
),

kept as ( -- the wording by which the month was judged after its end
    select
        served.client,
        max(verdict.target_version) as target_version
    from served
    inner join marts.verdict as verdict on served.client = verdict.client and served.month = verdict.month
    where verdict.evaluated_at >= served.month_after::timestamp at time zone served.time_zone
    group by served.client
),

wording as ( -- the wording that counts: that one, else the newest
    select
        newest.client,
        coalesce(max(kept.target_version), max(newest.target_version)) as target_version
    from core.target_version as newest
    inner join served on newest.client = served.client
    left join kept on newest.client = kept.client
    group by newest.client
)

select
    served.*,
    target.network,
    target.kpi,
    target.target_version,
    target.rule,
    target.is_main,
    target.low,
    target.high,
    target.growth,
    target.baseline_to,
    target.by_month,
    target.tolerance,
    case target.rule when 'from_baseline' then 'baseline' else target.over end as over,
    nullif(greatest(target.over_number, 0), 0) as stated_base,
    plan.plan,
    plan.first_day,
    plan.last_day,
    kpi.direction = 'down' as is_ceiling,
    served.today < served.month_after + 3 or coalesce(plan.month > served.month, false) as is_running,
    served.today >= served.month_after + 13 as is_final,
    (
        served.started
        + make_interval(months => coalesce(target.from_month, case when kpi.is_business then 7 else 1 end) - 1)
    )::date as due_from
from served
inner join wording on served.client = wording.client
inner join core.target as target
    on wording.client = target.client and wording.target_version = target.target_version
inner join catalogue.kpi as kpi on target.kpi = kpi.kpi
left join core.plan as plan
    on
        target.client = plan.client
        and target.target_version = plan.target_version
        and target.network = plan.network
        and target.kpi = plan.kpi
        and served.month >= coalesce(date_trunc('month', plan.first_day::timestamp)::date, plan.month)
        and served.month <= plan.month
where
    (target.rule != 'plan' or plan.plan is not null)
    and served.month <= served.today;

analyze worded;

-- one row per such target and month that its growth may be counted from; a baseline that is fixed is not looked for
create temporary table candidate on commit drop as
with first_known as (
    select
        work.client,
        first.month
    from (select distinct client from worded) as work
    cross join lateral (
        select min(kpi.period) as month
        from marts.kpi_months as kpi
        where kpi.client = work.client
    ) as first
)

select
    target.client,
    target.network,
    target.kpi,
    target.started,
    (target.month - interval '1 month')::date as period
from worded as target
where target.over = 'previous_month'
union all
select
    target.client,
    target.network,
    target.kpi,
    target.started,
    (target.month - interval '1 year')::date as period
from worded as target
where target.over = 'year_ago'
union all
select
    target.client,
    target.network,
    target.kpi,
    target.started,
    months.period::date as period
from worded as target
inner join first_known on target.client = first_known.client
cross join
    lateral generate_series(
        first_known.month::timestamp, target.month - interval '1 month', interval '1 month'
    ) as months (period)
where
    target.over = 'baseline'
    and not exists (
        select from core.baseline as baseline
        where
            baseline.client = target.client
            and baseline.network = target.network
            and baseline.kpi = target.kpi
    );

analyze candidate;

create temporary table asked on commit drop as
with base as ( -- a whole month, above zero, that is nobody's exception
    select distinct on (candidate.client, candidate.network, candidate.kpi)
        candidate.client,
        candidate.network,
        candidate.kpi,
        kpi.period as month,
        kpi.value,
        kpi.is_derived or kpi.is_late or kpi.is_flagged as is_doubtful
    from candidate
    inner join marts.kpi_months as kpi
        on
            candidate.client = kpi.client
            and candidate.period = kpi.period
            and candidate.network = kpi.network
            and candidate.kpi = kpi.kpi
    where
        kpi.value > 0
        and kpi.completeness = 1
        and not exists (
            select from core.annotation as event
            where
                event.client = candidate.client
                and not event.compare
                and (event.network is null or event.network = candidate.network or candidate.network in ('all', 'site'))
                and event.first_day < (kpi.period + interval '1 month')::date
                and event.last_day >= kpi.period
        )
    -- A baseline is the last such month before the work began; where there is none, the first one of the work. A month
    -- that is not certain (posts read late, followers counted back) is no fair one: it stands in until there is
    -- another.
    order by
        candidate.client, candidate.network, candidate.kpi,
        (kpi.is_derived or kpi.is_late or kpi.is_flagged),
        (kpi.period >= candidate.started), abs(kpi.period - candidate.started)
),

counted as ( -- what the targets are counted from
    select
        target.*,
        case when baseline.client is null then coalesce(base.is_doubtful, false) else false end as is_base_doubtful,
        case
            when baseline.client is null then coalesce(target.stated_base, base.value)
            when baseline.month < target.month then baseline.value
        end as base,
        case
            when baseline.client is null then base.month
            when baseline.month < target.month then baseline.month
        end as base_month
    from worded as target
    left join core.baseline as baseline
        on
            target.client = baseline.client
            and target.network = baseline.network
            and target.kpi = baseline.kpi
            and target.over = 'baseline'
    left join base on target.client = base.client and target.network = base.network and target.kpi = base.kpi
),

wanted as ( -- the one number that a plan, a growth or a stage asks for
    select
        *,
        coalesce(
            plan,
            (1 + growth) * base,
            core.step(base, baseline_to, by_month, core.month_of_work(started, month))
        ) as wanted
    from counted
),

bound as (
    select
        *,
        case
            when rule not in ('plan', 'growth', 'from_baseline') then low when not is_ceiling then wanted
        end as low_bound,
        case
            when rule not in ('plan', 'growth', 'from_baseline') then high when is_ceiling then wanted
        end as high_bound
    from wanted
)

select
    client,
    month,
    network,
    kpi,
    target_version,
    rule,
    is_main,
    due_from,
    first_day, -- of a quarter or a campaign; null = the month
    last_day,
    low_bound as low,
    high_bound as high,
    tolerance,
    low_bound - tolerance * abs(low_bound) as low_met, -- what is not below it is met
    high_bound + tolerance * abs(high_bound) as high_met,
    base,
    base_month,
    is_base_doubtful,
    is_running,
    is_final,
    time_zone,
    today,
    month_after,
    basis_version
from bound;

analyze asked;
drop table worded, candidate
