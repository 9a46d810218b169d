-- One row per staged load of GA4: what the audit has to know of staging.ga4_users.
with facts as (
    select
        users.client,
        users.load_id,
        count(*) as n_rows,
        count(*) - count(distinct row(users.grain, users.period, users.network, users.visitors)) as n_doubled,
        count(*) filter (where least(users.active_users, users.buyers, users.first_buyers) < 0) as n_negative,
        count(*) filter (where users.first_buyers > users.buyers) as n_first_beyond_buyers,
        count(*) filter (where users.period <> date_trunc(users.grain, users.period::timestamp)::date) as n_misaligned
    from core.load as load
    inner join staging.ga4_users as users on users.client = load.client and users.load_id = load.load_id
    where load.run_id = %(run_id)s and load.state = 'staged'
    group by users.client, users.load_id
)

select
    load.client,
    load.load_id,
    coalesce(facts.n_rows, 0) as n_rows,
    coalesce(facts.n_doubled, 0) as n_doubled,
    coalesce(facts.n_negative, 0) as n_negative,
    coalesce(facts.n_first_beyond_buyers, 0) as n_first_beyond_buyers,
    coalesce(facts.n_misaligned, 0) as n_misaligned
from core.load as load
left join facts on facts.client = load.client and facts.load_id = load.load_id
where load.run_id = %(run_id)s and load.state = 'staged' and load.source = 'ga4'
