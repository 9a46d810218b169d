-- Visits of these days that look as if they came from a network and are not mapped to it: one row per session source
-- and medium. A source looks like a network if it contains one of the network's names or sources as a word, that is,
-- between signs that are neither letters nor digits; or a word that begins with one, if that is a long one, or goes on
-- as names of advertising do (vkpromo, but not okna).
with origin as (
    select
        session_source,
        session_medium,
        sum(sessions) as sessions,
        max(day) as last_day,
        catalogue.network_of(session_source, session_medium) as network
    from core.traffic
    where client = %(client)s and day between %(first_day)s and %(last_day)s
    group by session_source, session_medium
),

word as (
    select
        source,
        network
    from catalogue.traffic_source
    union
    select
        network as source,
        network
    from catalogue.traffic_source
)

select
    origin.session_source,
    origin.session_medium,
    origin.sessions,
    origin.last_day,
    origin.network,
    array_agg(distinct word.network order by word.network) as looks_like,
    count(*) over () as origins
from origin
inner join word
    on
        position(word.source in lower(origin.session_source)) > 0
        and regexp_replace(lower(origin.session_source), '[^[:alnum:]]+', ' ', 'g')
        ~ (
            '\m' || regexp_replace(word.source, '[^[:alnum:]]+', ' ', 'g')
            || case when length(word.source) < 7 then '(\M|ad|promo|target|реклам|таргет)' else '' end
        )
left join catalogue.network as own on own.network = origin.network and own.is_social
where own.network is null and origin.sessions > 0
group by origin.session_source, origin.session_medium, origin.sessions, origin.last_day, origin.network
order by origin.sessions desc, origin.session_source asc, origin.session_medium asc
limit %(size)s
