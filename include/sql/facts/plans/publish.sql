-- One row per plan of this table, which is taken whole: what it says no more goes, what stays is not touched. What it
-- said of a KPI that is broken now stays until that is fixed: the table was read without it. A load that was overtaken
-- by one that was asked for later changes nothing.
delete from core.planned as old
where
    old.client = %(client)s and old.given_by = %(network)s
    and not core.is_overtaken(%(client)s, %(load_id)s)
    and exists (
        select from catalogue.kpi as kpi
        where kpi.kpi = old.kpi
    )
    and not exists (
        select from staging.plans as staged
        where
            staged.client = old.client and staged.load_id = %(load_id)s
            and (staged.network, staged.kpi, staged.first_day, staged.last_day, staged.plan)
            = (old.network, old.kpi, old.first_day, old.last_day, old.plan)
    );

insert into core.planned (client, network, kpi, first_day, last_day, plan, given_by, load_id)
select
    staged.client,
    staged.network,
    staged.kpi,
    staged.first_day,
    staged.last_day,
    staged.plan,
    %(network)s,
    staged.load_id
from staging.plans as staged
where
    staged.client = %(client)s and staged.load_id = %(load_id)s
    and not core.is_overtaken(%(client)s, %(load_id)s)
    and not exists (
        select from core.planned as old
        where
            old.client = staged.client
            and (old.network, old.kpi, old.first_day) = (staged.network, staged.kpi, staged.first_day)
    )
