-- 500 clients with 24 months behind them, as the board reads them: one statement per table, all numbers made up.
insert into core.client (client, name, language, time_zone, currency, started, report)
select
    'c' || lpad(number::text, 4, '0'),
    'Client ' || number,
    'en',
    'Europe/Moscow',
    'RUB',
    %(first)s,
    '{"to": [["owner@client.example", null]], "manager": "manager@agency.example", "letters": ["missed"], "hour": 9}'
from generate_series(1, %(clients)s) as number;

insert into core.client_source (client, network, source)
select client, source, source from core.client cross join unnest(array['ga4', 'vk', 'figures']) as source;

insert into core.client_network (client, network, source, is_social)
select client, network, nullif(network, 'vk_ads'), true from core.client cross join unnest(array['vk', 'vk_ads']) as network;

insert into core.target_version (client, target_version, digest) select client, 1, 'wording' from core.client;

insert into core.target (client, target_version, network, kpi, rule, low, is_main)
select client, 1, network, kpi, 'at_least', 100, position = 1
from core.client
cross join
    unnest(
        array['vk', 'vk', 'vk', 'all', 'site', 'vk', 'all', 'vk'],
        array['reach', 'love_rate', 'followers', 'leads', 'sessions', 'posts', 'sessions', 'followers_gained']
    ) with ordinality as target (network, kpi, position);

insert into core.annotation (client, first_day, last_day, network, text, compare)
select client, %(last)s::date - 60, %(last)s::date - 50, null, 'A contest', true from core.client;

insert into core.load (client, load_id, run_id, source, network, first_day, last_day, state, rows, requests, health, started_at, finished_at, as_of)
select
    client.client,
    to_char(day, 'YYYYMMDD') || '-' || source.network,
    'ingest_' || source.network || '/scheduled__' || to_char(day, 'YYYY-MM-DD'),
    source.source,
    source.network,
    day::date - 13,
    day::date,
    case when extract(day from day) = 7 and source.network = 'vk' then 'failed' else 'published' end,
    500,
    3,
    '{"quota_left": {"tokens_per_day": 190000}, "time_zone": "Europe/Moscow", "currency": "RUB"}',
    day + interval '30 hours',
    day + interval '30 hours 20 seconds',
    day + interval '30 hours'
from core.client as client
inner join core.client_source as source on client.client = source.client
cross join generate_series(%(first)s::timestamptz, %(last)s::timestamptz, interval '1 day') as day;

insert into core.coverage (client, network, source, report, day, load_id, state)
select client.client, part.network, part.network, part.report, day::date, to_char(day, 'YYYYMMDD') || '-' || part.network, 'known'
from core.client as client
cross join
    unnest(array['ga4', 'ga4', 'ga4', 'vk', 'vk'], array['totals', 'traffic', 'users', 'stats', 'wall']) as part (network, report)
cross join generate_series(%(first)s::timestamptz, %(last)s::timestamptz, interval '1 day') as day;

insert into audit.finding (client, load_id, relation, rule, severity, detail)
select client, load_id, 'posts', 'views_at_least_reach', 'warning', 'views below reach: 12'
from core.load where network = 'vk' and extract(day from last_day) = 3;

-- the measures of the targets' KPIs
create temporary table cell on commit drop as
select distinct target.client, coalesce(term.network_pin, target.network) as network, term.measure
from core.target as target
inner join catalogue.term as term on target.kpi = term.kpi;

insert into marts.daily (client, network, measure, month, first_day, numbers)
select client, network, measure, date_trunc('month', day)::date, min(day)::date, array_agg(100 + random() * 50)
from cell cross join generate_series(%(first)s::timestamptz, %(last)s::timestamptz, interval '1 day') as day
group by client, network, measure, date_trunc('month', day);

insert into marts.measure_periods (client, network, measure, grain, period, value, completeness)
select client, network, measure, 'week', week::date, 100 + random() * 50, 1
from cell cross join generate_series(date_trunc('week', %(first)s::timestamptz), %(last)s, interval '7 days') as week
union all
select client, network, measure, 'month', month::date, 100 + random() * 50, 1
from cell cross join generate_series(%(first)s::timestamptz, %(last)s, interval '1 month') as month;

insert into marts.kpi_months (client, network, kpi, period, value, numerator, denominator, completeness)
select
    target.client, target.network, target.kpi, month::date, 100 + random() * 50, 100, 1, 1
from core.target as target
cross join generate_series(%(first)s::timestamptz, %(last)s, interval '1 month') as month;

insert into marts.verdict (
    client, month, network, kpi, target_version, verdict, target, low, value, forecast, forecast_low, forecast_high,
    reason, rule, is_main, due_from, is_final, evaluated_at, tolerance
)
with judged as (
    select
        target.*,
        month::date as month,
        month = date_trunc('month', %(last)s::timestamptz) as is_running,
        case
            when month = date_trunc('month', %(last)s::timestamptz)
                then (array['on_track', 'at_risk', 'certain_miss'])[1 + mod(abs(hashtext(client || kpi)), 3)]
            else (array['met', 'missed', 'met', 'not_proven'])[1 + mod(abs(hashtext(client || kpi || month)), 4)]
        end as verdict
    from core.target as target
    cross join generate_series(%(first)s::timestamptz, %(last)s, interval '1 month') as month
)

select
    client, month, network, kpi, 1, verdict, 100, 100, 110,
    case when is_running then 120 end, case when is_running then 110 end, case when is_running then 130 end,
    case when verdict = 'not_proven' then 'incomplete' end,
    'at_least', is_main, %(first)s, not is_running, month + interval '1 month', 0
from judged;

insert into marts.measure_history (client, network, measure, grain, period, value, replaced_at)
select client, 'vk', 'reach', 'day', day::date, 90, day + interval '3 days'
from core.client cross join generate_series(%(last)s::timestamptz - interval '90 days', %(last)s::timestamptz, interval '1 day') as day;

insert into marts.letter (client, letter_id, month, kind, revision, state, subject, message_id, content, created_at)
select
    client,
    to_char(month, 'YYYY-MM') || '-missed-1',
    month::date,
    'missed',
    1,
    'sent',
    client || ': 2 of 8 targets missed',
    '<' || client || month || '@agency.example>',
    replace(%(content)s, 'client_1"', client || '"')::jsonb,
    month + interval '34 days'
from core.client cross join generate_series(%(first)s::timestamptz, %(last)s, interval '1 month') as month;

insert into marts.delivery (client, letter_id, recipient, language, state, attempts, sent_at)
select client, letter_id, 'owner@client.example', 'en', 'sent', 1, created_at from marts.letter;

analyze
