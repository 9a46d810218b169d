-- The months up to a letter's, of each target that a letter draws: one row per target and month, at most 13, from the
-- first of them with a known value on. The plan is that of the month as it was judged then. What a plan for a quarter
-- or a campaign asks is no month's, so it has no history here.
with drawn as (
    select
        judged.*,
        marts.marks(judged, client.time_zone) as marks,
        (judged.month - make_interval(months => ago.months))::date as past
    from marts.verdict as judged
    inner join core.client as client on judged.client = client.client
    cross join generate_series(0, 12) as ago (months)
    where
        judged.client = %(client)s
        and judged.month = %(month)s
        and judged.first_day is null
        and (
            judged.is_main
            or judged.verdict in ('missed', 'at_risk', 'certain_miss')
            or %(kind)s in ('correction', 'back_on_track') -- which are about targets of any verdict
        )
),

told as (
    select
        drawn.client,
        drawn.network,
        drawn.kpi,
        drawn.past as month,
        -- the letter's own month is told as it was judged
        case when drawn.past = drawn.month then drawn.value else fact.value end as value,
        case when drawn.past = drawn.month then drawn.reason else coalesce(fact.reason, 'source_missing') end as reason,
        case when judged.verdict != 'not_due' and judged.first_day is null then judged.low end as low,
        case when judged.verdict != 'not_due' and judged.first_day is null then judged.high end as high,
        coalesce(not judged.is_final, false) as is_provisional,
        case
            when drawn.past = drawn.month then drawn.spent
            else catalogue.spent(fact.kpi, fact.reason, fact.numerator)
        end as spent,
        case when drawn.past = drawn.month then drawn.marks else marts.marks(fact) end as marks
    from drawn
    left join marts.kpi_months as fact
        on
            drawn.client = fact.client
            and drawn.network = fact.network
            and drawn.kpi = fact.kpi
            and drawn.past = fact.period
    left join marts.verdict as judged
        on
            drawn.client = judged.client
            and drawn.network = judged.network
            and drawn.kpi = judged.kpi
            and drawn.past = judged.month
),

first_known as (
    select
        network,
        kpi,
        min(month) as month
    from told
    where value is not null
    group by network, kpi
)

select
    told.client,
    told.network,
    told.kpi,
    told.month,
    told.value,
    case when told.value is null then told.reason end as reason,
    told.low,
    told.high,
    told.is_provisional,
    told.spent,
    case when told.spent is not null then catalogue.result(told.kpi) end as result,
    told.marks
from told
inner join first_known
    on told.network = first_known.network and told.kpi = first_known.kpi and told.month >= first_known.month
order by told.network, told.kpi, told.month
