-- The verdicts of the clients asked for, in one month, anew: one row per target that says something of that month.
-- A month is judged from its clients' 4th day of the next one, and for good from the 14th; before, it is running.
delete from marts.verdict
where client = any(%(clients)s) and month = %(month)s;

insert into marts.verdict (
    client, month, network, kpi, target_version, verdict, target, low, high, base, value, forecast, reason,
    rule, is_main, due_from, is_final, evaluated_at
)
with served as ( -- the clients at work in the month
    select
        client,
        started,
        %(month)s::date as month,
        (%(as_of)s::timestamptz at time zone time_zone)::date as today,
        (%(month)s::date + interval '1 month')::date as month_after
    from core.client
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

newest as (
    select
        client,
        max(target_version) as target_version
    from core.target_version
    group by client
),

target as ( -- what they ask of it, by the newest wording
    select
        served.client,
        served.month,
        served.started,
        target.network,
        target.kpi,
        target.target_version,
        target.rule,
        target.is_main,
        target.low,
        target.high,
        target.growth,
        target.over,
        nullif(greatest(target.over_number, 0), 0) as stated_base,
        plan.plan,
        kpi.direction = 'down' as is_ceiling,
        served.today < served.month_after + 3 as is_running,
        served.today >= served.month_after + 13 as is_final,
        (
            served.started
            + make_interval(months => coalesce(target.from_month, case when kpi.is_business then 7 else 1 end) - 1)
        )::date as due_from
    from served
    inner join newest on served.client = newest.client
    inner join core.target as target
        on newest.client = target.client and newest.target_version = target.target_version
    inner join catalogue.kpi as kpi on target.kpi = kpi.kpi
    left join core.plan as plan
        on
            target.client = plan.client
            and target.target_version = plan.target_version
            and target.network = plan.network
            and target.kpi = plan.kpi
            and served.month = plan.month
    where
        (target.rule != 'plan' or plan.plan is not null)
        and served.month <= served.today
),

base as ( -- what a growth is counted from: a whole month, above zero, that is nobody's exception
    select distinct on (target.client, target.network, target.kpi)
        target.client,
        target.network,
        target.kpi,
        kpi.value,
        kpi.is_derived or kpi.is_late or kpi.is_flagged as is_doubtful
    from target
    inner join marts.kpi as kpi
        on
            target.client = kpi.client
            and target.network = kpi.network
            and target.kpi = kpi.kpi
            and kpi.grain = 'month'
            and target.month > kpi.period
    where
        target.rule = 'growth'
        and kpi.value > 0
        and kpi.completeness = 1
        and (
            target.over = 'baseline'
            or (target.over = 'previous_month' and kpi.period = (target.month - interval '1 month')::date)
            or (target.over = 'year_ago' and kpi.period = (target.month - interval '1 year')::date)
        )
        and not exists (
            select from core.annotation as event
            where
                event.client = target.client
                and not event.compare
                and (event.network is null or event.network = target.network or target.network in ('all', 'site'))
                and event.first_day < (kpi.period + interval '1 month')::date
                and event.last_day >= kpi.period
        )
    -- a baseline is the last such month before the work began; where there is none, the first one of the work
    order by
        target.client, target.network, target.kpi,
        (kpi.period >= target.started), abs(kpi.period - target.started)
),

asked as ( -- the number that a plan or a growth asks for
    select
        target.*,
        base.is_doubtful as is_base_doubtful,
        coalesce(target.stated_base, base.value) as base,
        coalesce(target.plan, (1 + target.growth) * coalesce(target.stated_base, base.value)) as wanted
    from target
    left join base on target.client = base.client and target.network = base.network and target.kpi = base.kpi
),

bound as ( -- between what the value must lie
    select
        *,
        case when rule not in ('plan', 'growth') then low when not is_ceiling then wanted end as low_bound,
        case when rule not in ('plan', 'growth') then high when is_ceiling then wanted end as high_bound
    from asked
),

side as ( -- whether the sums of a formula grow day by day, and can only grow
    select
        term.kpi,
        term.side,
        bool_or(measure.kind = 'unique') as has_unique,
        bool_and(measure.kind = 'flow')
        or (bool_and(measure.kind = 'stock') and sum(term.coefficient) = 0) as accumulates, -- end less opening
        bool_and(measure.kind != 'stock' and term.coefficient > 0) as only_rises
    from catalogue.term as term
    inner join catalogue.measure as measure on term.measure = measure.measure
    group by term.kpi, term.side
),

fact as ( -- what is known of the month, what is doubtful in it, and how it will end
    select
        bound.*,
        kpi.value,
        coalesce(kpi.reason, case when kpi.kpi is null then 'source_missing' end) as unknown,
        case
            when not bound.is_running and kpi.completeness < 1 then 'incomplete'
            when kpi.is_derived then 'derived'
            when kpi.is_late then 'late'
            when kpi.is_flagged then 'flagged'
            when bound.is_base_doubtful then 'base_not_proven'
        end as doubt,
        coalesce(top.only_rises and bottom.kpi is null, false) as only_rises,
        -- a flow goes on at its pace so far, a ratio and a stock stay as they are; people are counted by their source
        case
            when not bound.is_running then null
            when kpi.completeness = 1 then kpi.value
            when top.has_unique or bottom.has_unique then null
            when top.accumulates = coalesce(bottom.accumulates, false) then kpi.value
            when top.accumulates then kpi.value / nullif(kpi.completeness, 0)
        end as forecast
    from bound
    left join marts.kpi as kpi
        on
            bound.client = kpi.client
            and bound.network = kpi.network
            and bound.kpi = kpi.kpi
            and bound.month = kpi.period
            and kpi.grain = 'month'
    left join side as top on bound.kpi = top.kpi and top.side = 'numerator'
    left join side as bottom on bound.kpi = bottom.kpi and bottom.side = 'denominator'
),

judged as (
    select
        *,
        case
            when month < due_from then 'not_due'
            when value is null or coalesce(low_bound, high_bound) is null then 'not_measured'
            when doubt is not null then 'not_proven'
            when not is_running and (value < low_bound or value > high_bound) then 'missed'
            when not is_running then 'met'
            when only_rises and value > high_bound then 'certain_miss'
            when only_rises and value >= low_bound and high_bound is null then 'on_track'
            when forecast is null then 'not_proven'
            when forecast < low_bound or forecast > high_bound then 'at_risk'
            else 'on_track'
        end as verdict
    from fact
)

select
    client,
    month,
    network,
    kpi,
    target_version,
    verdict,
    case
        when low_bound is null or high_bound - value < value - low_bound then high_bound else low_bound
    end as target,
    low_bound as low,
    high_bound as high,
    base,
    value,
    forecast,
    case
        when value is null then unknown
        when verdict = 'not_measured' then 'no_base'
        when verdict = 'not_proven' then coalesce(doubt, 'incomplete')
    end as reason,
    rule,
    is_main,
    due_from,
    is_final,
    %(as_of)s as evaluated_at
from judged
