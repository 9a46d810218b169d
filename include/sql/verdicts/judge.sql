-- The verdicts of the clients asked for, in one month, anew: one row per target that says something of that month.
-- A verdict names the wording of the targets (target_version) that it was judged by. A change of the client's file
-- counts for the running month and those to come: a month that was once judged after its end keeps its wording when it
-- is judged again, because a source has restated its facts, say. A month that was never judged takes the newest one.
-- A cost of nothing (catalogue.spent) has no value, and is held against a ceiling as if it were infinite: what was
-- spent is more than any price times nothing. Without a ceiling it is not measured.
delete from marts.verdict
where client = any(%(clients)s) and month = %(month)s;

insert into marts.verdict (
    client, month, network, kpi, target_version, verdict, target, low, high, base, value, forecast, reason,
    rule, is_main, due_from, is_final, evaluated_at, first_day, last_day, base_month,
    tolerance, tolerance_learned, restated_months, forecast_low, forecast_high, certain_since,
    basis_version, spent, completeness, is_derived, is_late, is_flagged
)
with side as ( -- whether the sum above or below the line of a formula can only grow
    select
        term.kpi,
        term.side,
        bool_and(measure.kind != 'stock' and not measure.may_be_negative and term.coefficient > 0) as only_rises
    from catalogue.term as term
    inner join catalogue.measure as measure on term.measure = measure.measure
    group by term.kpi, term.side
),

foreseen as ( -- what was forecast of the month, day by day
    select
        asked.client,
        asked.network,
        asked.kpi,
        forecast.day,
        forecast.value,
        forecast.low,
        forecast.high,
        max(forecast.day) over of_target = forecast.day as is_newest,
        -- the last day on which the target could still be met
        max(forecast.day) filter (
            where not coalesce(forecast.most < asked.low_met or forecast.least > asked.high_met, false)
        ) over of_target as last_open_day
    from asked
    inner join marts.forecast as forecast
        on
            asked.client = forecast.client
            and asked.month = forecast.month
            and asked.network = forecast.network
            and asked.kpi = forecast.kpi
            and asked.today >= forecast.day
    where asked.first_day is null
    window of_target as (partition by asked.client, asked.network, asked.kpi)
),

outlook as (
    select
        client,
        network,
        kpi,
        min(day) filter (where last_open_day is null or day > last_open_day) as certain_since,
        max(value) filter (where is_newest) as value,
        max(low) filter (where is_newest) as low,
        max(high) filter (where is_newest) as high
    from foreseen
    group by client, network, kpi
),

fact as ( -- what is known of the month, what is doubtful in it, and how it will end
    select
        asked.*,
        known.value,
        known.reason as unknown,
        known.completeness,
        known.is_derived,
        known.is_late,
        known.is_flagged,
        cost.spent,
        case when cost.spent is not null and asked.high is not null then 'infinity'::numeric end as infinite,
        case
            when not asked.is_running and known.completeness < 1 then 'incomplete'
            when known.is_derived then 'derived'
            when known.is_late then 'late'
            when known.is_flagged then 'flagged'
            when asked.is_base_doubtful then 'base_not_proven'
        end as doubt,
        restated.tolerance as tolerance_learned,
        restated.months as restated_months,
        coalesce(top.only_rises and bottom.kpi is null, false) as only_rises,
        outlook.certain_since,
        -- a quarter or a campaign goes on at its pace so far, if it is a sum, and a ratio as it is
        case
            when not asked.is_running then null
            when known.completeness = 1 then known.value
            when asked.first_day is null then outlook.value
            when bottom.kpi is null then known.value / nullif(known.completeness, 0)
            else known.value
        end as forecast,
        case
            when not asked.is_running then null when known.completeness = 1 then known.value else outlook.low
        end as forecast_low,
        case
            when not asked.is_running then null when known.completeness = 1 then known.value else outlook.high
        end as forecast_high
    from asked
    inner join known on asked.client = known.client and asked.network = known.network and asked.kpi = known.kpi
    cross join lateral catalogue.spent(asked.kpi, known.reason, known.numerator) as cost (spent)
    left join restated
        on asked.client = restated.client and asked.network = restated.network and asked.kpi = restated.kpi
    left join outlook on asked.client = outlook.client and asked.network = outlook.network and asked.kpi = outlook.kpi
    left join side as top on asked.kpi = top.kpi and top.side = 'numerator'
    left join side as bottom on asked.kpi = bottom.kpi and bottom.side = 'denominator'
),

measured as (
    select
        *,
        coalesce(value, infinite) as measured,
        coalesce(forecast, infinite) as expected -- nothing has come yet, and nobody can tell that something will
    from fact
),

held as ( -- the value, and how the month will end, against the bounds
    select
        *,
        coalesce(measured < low_met or measured > high_met, false) as is_missed,
        coalesce(expected < low_met or expected > high_met, false) as is_miss_foreseen,
        tolerance_learned > tolerance -- null once it is judged for good
        and coalesce(measured >= low - tolerance_learned * abs(low), true)
        and coalesce(measured <= high + tolerance_learned * abs(high), true) as may_be_restated
    from measured
),

judged as (
    select
        *,
        case
            when month < due_from then 'not_due'
            when measured is null or coalesce(low, high) is null then 'not_measured'
            when doubt is not null then 'not_proven'
            when not is_running and not is_missed then 'met'
            when not is_running and may_be_restated then 'not_proven'
            when not is_running then 'missed'
            when only_rises and value > high_met then 'certain_miss'
            when only_rises and value >= low_met and high is null then 'on_track'
            when certain_since is not null and (expected is null or is_miss_foreseen) then 'certain_miss'
            when expected is null then 'not_proven'
            when is_miss_foreseen then 'at_risk'
            else 'on_track'
        end as verdict
    from held
)

select
    client,
    month,
    network,
    kpi,
    target_version,
    verdict,
    case when low is null or high - measured < measured - low then high else low end as target,
    low,
    high,
    base,
    value,
    forecast,
    case
        when verdict = 'not_proven'
            then coalesce(doubt, case when is_running then 'no_forecast' else 'within_restatement' end)
        when value is null and (spent is null or coalesce(low, high) is not null) then unknown
        when verdict = 'not_measured' then 'no_base'
    end as reason,
    rule,
    is_main,
    due_from,
    is_final,
    %(as_of)s as evaluated_at,
    first_day,
    last_day,
    base_month,
    tolerance,
    tolerance_learned,
    restated_months,
    forecast_low,
    forecast_high,
    case when verdict in ('certain_miss', 'missed') then certain_since end as certain_since,
    basis_version,
    spent,
    completeness,
    is_derived,
    is_late,
    is_flagged
from judged;

drop table asked, known, restated
