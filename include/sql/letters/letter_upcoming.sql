-- What a client is asked in a month that has perhaps not begun: one row per target that is due then, as `asked` has it
-- (verdicts/asked.sql), and one without bounds per plan that has no number for that month. Each with what its KPI came
-- to in the month before.
with newest as (
    select
        target.*,
        (
            client.started
            + make_interval(
                months => coalesce(target.from_month, case when kpi.is_business then 7 else 1 end) - 1
            )
        )::date as due_from
    from core.target as target
    inner join core.client as client on target.client = client.client
    inner join catalogue.kpi as kpi on target.kpi = kpi.kpi
    where
        target.client = %(client)s
        and target.target_version = (
            select max(version.target_version)
            from core.target_version as version
            where version.client = %(client)s
        )
),

wanted as (
    select
        asked.client,
        asked.network,
        asked.kpi,
        asked.rule,
        asked.is_main,
        asked.due_from,
        asked.low,
        asked.high,
        asked.tolerance,
        asked.base,
        asked.first_day,
        asked.last_day,
        case
            when asked.rule = 'from_baseline' then coalesce(asked.low, asked.high) / asked.base - 1
            else target.growth
        end as growth,
        case when asked.rule = 'from_baseline' then 'baseline' else target.over end as over
    from asked
    inner join core.target as target
        on
            asked.client = target.client
            and asked.target_version = target.target_version
            and asked.network = target.network
            and asked.kpi = target.kpi
    union all
    select
        newest.client,
        newest.network,
        newest.kpi,
        newest.rule,
        newest.is_main,
        newest.due_from,
        null as low,
        null as high,
        newest.tolerance,
        null as base,
        null as first_day,
        null as last_day,
        null as growth,
        null as over
    from newest
    where
        newest.rule = 'plan'
        and not exists (
            select from asked
            where asked.network = newest.network and asked.kpi = newest.kpi
        )
)

select
    wanted.*,
    marts.number(before) as before
from wanted
left join marts.kpi_months as before
    on
        wanted.client = before.client
        and wanted.network = before.network
        and wanted.kpi = before.kpi
        and before.period = (%(month)s::date - interval '1 month')::date
where wanted.due_from <= %(month)s::date
order by wanted.is_main desc, (coalesce(wanted.low, wanted.high) is null) asc, wanted.kpi asc, wanted.network asc
