-- One row per staged load of plans: what the audit has to know of staging.plans.
with staged as (
    select
        plans.*,
        lag(plans.last_day) over (
            partition by plans.client, plans.load_id, plans.network, plans.kpi order by plans.first_day, plans.last_day
        ) as last_day_before
    from core.load as load
    inner join staging.plans as plans on plans.client = load.client and plans.load_id = load.load_id
    where load.run_id = %(run_id)s and load.state = 'staged'
),

facts as (
    select
        client,
        load_id,
        count(*) as n_rows,
        count(*) filter (where last_day < first_day) as n_ended_early,
        count(*) filter (where date_trunc('month', first_day) <= date_trunc('month', last_day_before)) as n_asked_twice
    from staged
    group by client, load_id
)

select
    load.client,
    load.load_id,
    coalesce(facts.n_rows, 0) as n_rows,
    coalesce(facts.n_ended_early, 0) as n_ended_early,
    coalesce(facts.n_asked_twice, 0) as n_asked_twice
from core.load as load
left join facts on facts.client = load.client and facts.load_id = load.load_id
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = any(%(sources)s)
