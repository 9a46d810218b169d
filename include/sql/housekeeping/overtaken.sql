-- Published loads of these sources, one row each, of which nothing stands in core any more: later loads have claimed
-- all of their days, and a rebuild from the archive would lose nothing without them. `held` has one row per load that
-- core still points to. What was read again from the archive stands for the load that it was read from.
select
    load.client,
    load.load_id
from core.load as load
where
    load.source = any(%(sources)s::text[]) -- what they count can be asked again
    and load.state = 'published'
    and load.reread_of is null
    and load.finished_at < %(as_of)s::timestamptz - interval '30 days'
    and not exists (
        select from held
        where held.client = load.client and held.load_id = load.load_id
    )
    and not exists (
        select from held
        inner join core.load as again on again.client = held.client and again.load_id = held.load_id
        where again.client = load.client and again.reread_of = load.load_id
    )
    and not exists ( -- where days are missing, core is not what it was
        select from generate_series(load.first_day, load.last_day, interval '1 day') as days (day)
        where
            not exists (
                select from core.coverage as coverage
                where
                    coverage.client = load.client
                    and coverage.network = load.network
                    and coverage.day = days.day::date
            )
    )
