-- One row per week or month x network x kind of visitor. A period belongs to the answer that reaches further into it;
-- of two that reach equally far, to the later one.
delete from core.ga4_users as old
using core.load as this, core.load as earlier
where
    this.client = %(client)s and this.load_id = %(load_id)s
    and exists (
        select from staging.coverage as known
        where known.client = this.client and known.load_id = this.load_id and known.report = 'users'
    )
    and old.client = this.client
    and old.period between date_trunc(old.grain, this.first_day::timestamp)::date and this.last_day
    and old.through_day <= this.last_day
    and earlier.client = old.client and earlier.load_id = old.load_id
    and (earlier.started_at, earlier.load_id) <= (this.started_at, this.load_id);

insert into core.ga4_users (
    client, grain, period, network, visitors, active_users, buyers, first_buyers, through_day, load_id
)
select
    client,
    grain,
    period,
    network,
    visitors,
    active_users,
    buyers,
    first_buyers,
    through_day,
    load_id
from staging.ga4_users
where client = %(client)s and load_id = %(load_id)s
on conflict do nothing
