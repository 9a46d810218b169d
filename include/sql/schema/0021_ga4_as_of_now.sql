-- Visits belong to the network that include/networks.yml names as of now: it is looked up in every rebuild, and no
-- column can fall behind. Whatever was built by the old rules is built anew once.
alter table core.ga4_traffic drop column network;
alter table core.ga4_events drop column network;

insert into core.change (client, month)
select distinct
    client,
    date_trunc('month', day)::date
from core.coverage
where report in ('traffic', 'events')
on conflict do nothing;

-- one row per pattern of paid mediums: what a medium, in lower case, has to match as a whole
create table catalogue.paid_medium (
    pattern text primary key
);
insert into catalogue.paid_medium
select medium from catalogue.traffic_medium
where is_paid;
delete from catalogue.traffic_medium
where is_paid;
alter table catalogue.traffic_medium drop column is_paid;

-- The network that a GA4 session belongs to. A source with a dot in it, a domain or an app, stands for what is below it
-- too (m.vk.com for vk.com), with or without a scheme before it (android-app://).
create or replace function catalogue.network_of(session_source text, session_medium text) returns text
language sql stable
as $$
    select
        case
            when own.network is not null then own.network || case when paid.is_paid then '_ads' else '' end
            when paid.is_paid then 'ads'
            when named.network is not null then named.network
            when session.source = '(direct)' and session.medium in ('(none)', '(not set)') then 'direct'
            else 'other'
        end
    from (values (lower(session_source), lower(session_medium))) as session (source, medium)
    cross join lateral (
        select session.medium ~ ('^(' || string_agg(pattern, '|') || ')$') as is_paid
        from catalogue.paid_medium
    ) as paid
    left join lateral (
        select traffic_source.network
        from catalogue.traffic_source
        where
            traffic_source.source = session.source
            or (
                position('.' in traffic_source.source) > 0
                and right('/' || rtrim(session.source, '/'), length(traffic_source.source) + 1)
                in ('.' || traffic_source.source, '/' || traffic_source.source)
            )
        order by length(traffic_source.source) desc
        limit 1
    ) as own on true
    left join catalogue.traffic_medium as named on named.medium = session.medium
$$;

-- Of a report that a service fails to give for a day, the day stays unknown (`unanswered`) and is asked for again.
alter table core.coverage drop constraint coverage_state_check;
alter table core.coverage add constraint coverage_state_check
check (state in ('known', 'flagged', 'no_access', 'unanswered'));

-- Days on which two reports of one staged load contradict each other: one row per load, report that is too low and day,
-- and of events per event. GA4 counts a few sessions otherwise by source than by date alone, and hides rows about few
-- people: only a difference of more than 3 and of more than 1 % of the higher number is a contradiction. A day without
-- rows has none of them; a day of which one of the two reports is not known is not compared.
create view staging.ga4_contradiction as
with counted as (
    select
        client,
        load_id,
        day,
        'sessions' as what,
        'sessions' as measure,
        'traffic' as parts,
        'totals' as whole,
        sum(sessions) as by_source,
        0 as by_date,
        bool_or(sessions is null) as is_unknown
    from staging.ga4_traffic
    group by client, load_id, day
    union all
    select
        client,
        load_id,
        day,
        'sessions' as what,
        'sessions' as measure,
        'traffic' as parts,
        'totals' as whole,
        0 as by_source,
        sum(sessions) as by_date,
        bool_or(sessions is null) as is_unknown
    from staging.ga4_totals
    group by client, load_id, day
    union all
    select
        client,
        load_id,
        day,
        event as what,
        'forms' as measure,
        'events' as parts,
        'events' as whole,
        sum(events) filter (where not is_total) as by_source,
        sum(events) filter (where is_total) as by_date,
        false as is_unknown
    from staging.ga4_events
    group by client, load_id, day, event
),

compared as (
    select
        client,
        load_id,
        day,
        what,
        measure,
        parts,
        whole,
        coalesce(sum(by_source), 0) as by_source,
        coalesce(sum(by_date), 0) as by_date
    from counted
    group by client, load_id, day, what, measure, parts, whole
    having not bool_or(is_unknown)
)

select
    client,
    load_id,
    case when by_source < by_date then parts else whole end as report,
    day,
    what,
    by_source || ' ' || what || ' by source, ' || by_date || ' by date alone' as said
from compared
where
    abs(by_source - by_date) > 3
    and abs(by_source - by_date) > 0.01 * greatest(by_source, by_date)
    and not exists ( -- a report that is not known on this day
        select from unnest(array[compared.parts, compared.whole]) as needed (report)
        left join staging.coverage as known
            on
                known.client = compared.client
                and known.load_id = compared.load_id
                and known.report = needed.report
                and compared.day between known.first_day and known.last_day
        group by needed.report
        having
            count(known.report) = 0
            or bool_or(known.state not in ('known', 'flagged') or compared.measure = any(known.without))
    );

-- the same in words: one row per load and report, with its first ten
create view staging.ga4_contradictions as
with numbered as (
    select
        client,
        load_id,
        report,
        day || ': ' || said as said,
        row_number() over (partition by client, load_id, report order by day, what) as place
    from staging.ga4_contradiction
)

select
    client,
    load_id,
    report,
    string_agg(said, '; ' order by place) filter (where place <= 10)
    || case when count(*) > 10 then '; and ' || count(*) - 10 || ' more' else '' end as said
from numbered
group by client, load_id, report;
