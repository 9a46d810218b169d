-- What this load gives and another list of the client gave until now goes from that list, which may be published after
-- this one: publish/refuse.sql has refused what both give. Every month is rebuilt, for a list may be of any. What a
-- service only keeps and does not give makes way for a list. A list that was overtaken by a later one changes nothing.
with this as (
    select
        staged.client,
        staged.network,
        staged.measure,
        source.is_whole
    from staging.counts as staged
    inner join catalogue.source as source on source.source = %(source)s
    left join catalogue.given as given
        on given.source = source.source and given.report = staged.report and given.measure = staged.measure
    where
        staged.client = %(client)s and staged.load_id = %(load_id)s
        and (given.source is not null or source.is_whole)
        and not (source.is_whole and core.is_overtaken(%(client)s, %(load_id)s))
    group by staged.client, staged.network, staged.measure, source.is_whole
),

given_up as (
    delete from core.counts as old
    using this, catalogue.source as other
    where
        old.client = %(client)s -- said to the planner as it is, which else reads the rows of every client
        and old.network = this.network and old.measure = this.measure
        and old.given_by <> %(network)s
        and other.source = old.source and (other.is_whole or this.is_whole)
    returning old.client
)

insert into core.change (client, month, load_id)
select distinct
    client,
    date_trunc('month', day)::date,
    %(load_id)s
from core.coverage
where client = %(client)s and exists (select from given_up)
on conflict do nothing
