-- Staged plans from a baseline, plans for a quarter or a campaign, tolerances, and baselines that stay as they were.
alter table core.target
drop constraint target_rule_check,
add constraint target_rule_check
check (rule in ('plan', 'at_least', 'at_most', 'between', 'growth', 'from_baseline')),
add column baseline_to numeric, -- from_baseline: 2.0 = in the end twice the baseline
add column by_month integer, -- from_baseline: the month of work in which that is reached
add column tolerance numeric not null default 0 check (tolerance between 0 and 0.5); -- a share of what is asked

-- The plan for a quarter or a campaign stands under the month in which it ends. No month of a target belongs to two.
alter table core.plan
add column first_day date, -- of a quarter or a campaign, its days; null = the month
add column last_day date,
add check ((first_day is null) = (last_day is null)),
add check (first_day <= last_day and month = date_trunc('month', last_day::timestamp)::date);

-- one row per KPI and network that a target counts from its baseline: what that was when a verdict first stood for good
-- on it. Never moved; without the row, it is measured anew.
create table core.baseline (
    client text not null,
    network text not null,
    kpi text not null,
    month date not null,
    value numeric not null,
    fixed_at timestamptz not null,
    primary key (client, network, kpi)
);

-- Which month of work a month is: 1 = the month of `started`.
create function core.month_of_work(started date, month date) returns integer
language sql immutable
as $$
    select (
        12 * (extract(year from month) - extract(year from started))
        + extract(month from month) - extract(month from started) + 1
    )::integer
$$;

-- What a staged plan asks for in a month of work. Divided last, so that what is whole stays whole.
create function core.step(
    baseline numeric, baseline_to numeric, by_month integer, month_of_work integer
) returns numeric
language sql immutable
as $$
    select baseline * (by_month + (baseline_to - 1) * least(month_of_work, by_month)) / by_month
$$;

alter table marts.verdict
add column first_day date, -- of a plan for a quarter or a campaign, its days; null = the month
add column last_day date,
add column base_month date, -- the month whose value `base` is
add column tolerance numeric, -- a miss by this share of the target is none
add column tolerance_learned numeric, -- while provisional: how far restatement has moved this number from here on
add column restated_months integer, -- from so many months it was learned
add column forecast_low numeric, -- eight months in ten end between these two
add column forecast_high numeric,
add column certain_since date; -- the day from which on even the best days could not have closed the gap

-- one row per client x network x KPI x month of a staged plan, by the newest wording. Until its baseline is fixed, it
-- is the one by which the last verdict was judged; `target` is null where there is none.
create view marts.step as
select
    target.client,
    target.network,
    target.kpi,
    (client.started + make_interval(months => step.number - 1))::date as month,
    step.number as month_of_work,
    core.step(1, target.baseline_to, target.by_month, step.number) as share, -- of the baseline
    coalesce(baseline.month, judged.base_month) as base_month,
    coalesce(baseline.value, judged.base) as base,
    baseline.client is not null as is_fixed,
    core.step(
        coalesce(baseline.value, judged.base), target.baseline_to, target.by_month, step.number
    ) as target
from core.target as target
inner join core.client as client on target.client = client.client
cross join lateral generate_series(1, target.by_month) as step (number)
left join core.baseline as baseline
    on target.client = baseline.client and target.network = baseline.network and target.kpi = baseline.kpi
left join lateral (
    select
        verdict.base_month,
        verdict.base
    from marts.verdict as verdict
    where
        verdict.client = target.client
        and verdict.network = target.network
        and verdict.kpi = target.kpi
        and verdict.base_month is not null
    order by verdict.month desc
    limit 1
) as judged on true
where
    target.rule = 'from_baseline'
    and target.target_version = (
        select max(newest.target_version) from core.target_version as newest
        where newest.client = target.client
    );

-- how far months move after their end is learned from their earlier values
create index measure_history_of_months on marts.measure_history (client, period) where grain = 'month';
