-- The new cells take the place of the old ones. Of a whole period, the earlier value is kept: how far numbers still
-- move after some days is learned from it.
insert into marts.measure_history (client, network, measure, grain, period, value, replaced_at)
select
    old.client,
    old.network,
    old.measure,
    old.grain,
    old.period,
    old.value,
    now() as replaced_at
from slice_period
inner join marts.measure as old
    on slice_period.client = old.client and slice_period.grain = old.grain and slice_period.period = old.period
left join cell as new
    on
        old.client = new.client
        and old.network = new.network
        and old.measure = new.measure
        and old.grain = new.grain
        and old.period = new.period
        and new.is_kept
where old.completeness = 1 and old.value is distinct from new.value;

delete from marts.measure as old
using slice_period
where slice_period.client = old.client and slice_period.grain = old.grain and slice_period.period = old.period;

insert into marts.measure (
    client, network, measure, grain, period, value, reason, completeness, is_derived, is_late, is_flagged
)
select
    client,
    network,
    measure,
    grain,
    period,
    value,
    reason,
    completeness,
    is_derived,
    is_late,
    is_flagged
from cell
where is_kept
order by client, grain, period, network, measure;

analyze marts.measure;

delete from marts.basis
using slice
where basis.client = slice.client and basis.month = slice.month;

insert into marts.basis (client, month, fingerprint)
select
    basis.client,
    basis.month,
    basis.fingerprint
from basis
inner join slice on basis.client = slice.client and basis.month = slice.month
