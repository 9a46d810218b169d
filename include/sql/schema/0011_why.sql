-- Why a target is missed, or will be: the gap between its value (of a running month: its forecast) and its target, in
-- parts. One row per verdict that is missed, at_risk or certain_miss, view and part. The effects of a view sum to the
-- gap, to the last digit.
create table marts.why (
    client text not null,
    month date not null,
    network text not null, -- of the target
    kpi text not null,
    view text not null check (view in ('terms', 'factors')), -- the formula's measures; or posts x reach x reactions
    position integer not null, -- 1 = what it starts from, then the largest effects first, the rest last
    -- a measure; of the factors `posts`, `reach_per_post`, `er_reach`; or what is none of them:
    --   reference     how far from today's target the last comparable month was
    --   no_reference  there is none such: the whole gap, and beside it the parts as they are, without effects (none of
    --                 a quarter's or a campaign's)
    --   pace          of a running month: what its other days will change, by the forecast
    --   unexplained   the stored measures do not give the stored value: the KPI is to be rebuilt
    part text not null,
    part_network text not null, -- whose part it is; `all` beside networks = what belongs to no single one of them
    reference_month date,
    was numeric, -- in the reference month; of a running month on the days that are known in both; null = no cell
    now numeric, -- in the month, on the same days; of `reference` and `no_reference` the KPI's own
    effect numeric, -- of this part on the KPI's value, in the KPI's unit
    share numeric, -- effect / gap
    primary key (client, month, network, kpi, view, position),
    unique (client, month, network, kpi, view, part, part_network)
);

-- What the audit warned of in the numbers of a month: one row per source x relation x rule of the loads whose answers
-- are what is known of its days.
create view marts.why_warning as
with known as (
    select
        client,
        load_id,
        date_trunc('month', day)::date as month,
        min(day) as first_day,
        max(day) as last_day
    from core.coverage
    group by client, load_id, date_trunc('month', day)
)

select
    known.client,
    known.month,
    load.network, -- the source's name in the client's file
    load.source,
    finding.relation,
    finding.rule,
    (array_agg(finding.detail order by load.as_of desc, load.load_id desc))[1] as detail, -- of the newest
    count(*) as loads,
    min(known.first_day) as first_day,
    max(known.last_day) as last_day
from known
inner join audit.finding as finding on known.client = finding.client and known.load_id = finding.load_id
inner join core.load as load on known.client = load.client and known.load_id = load.load_id
where finding.severity = 'warning'
group by known.client, known.month, load.network, load.source, finding.relation, finding.rule;
