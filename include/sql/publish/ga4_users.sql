-- One row per week or month x network x kind of visitor that was asked for; without a number if GA4 did not give it.
-- A period belongs to the answer that reaches further into it; of two that reach equally far, to the later one.
delete from core.ga4_users as old
using core.load as this, core.load as earlier, staging.ga4_users as staged
where
    this.client = %(client)s and this.load_id = %(load_id)s
    and staged.client = this.client and staged.load_id = this.load_id
    and old.client = this.client
    and old.grain = staged.grain
    and old.period = staged.period
    and old.network = staged.network
    and old.visitors = staged.visitors
    and earlier.client = old.client and earlier.load_id = old.load_id
    and (old.through_day, earlier.as_of, earlier.load_id) <= (staged.through_day, this.as_of, this.load_id);

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
