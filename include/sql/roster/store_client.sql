-- One client, as its file says.
insert into core.client (
    client, name, language, time_zone, currency, started, ended, paused_from, paused_to, report, digest
)
values (
    %(client)s, %(name)s, %(language)s, %(time_zone)s, %(currency)s,
    %(started)s, %(ended)s, %(paused_from)s, %(paused_to)s, %(report)s, %(digest)s
)
on conflict (client) do update set
    name = excluded.name,
    language = excluded.language,
    time_zone = excluded.time_zone,
    currency = excluded.currency,
    started = excluded.started,
    ended = excluded.ended,
    paused_from = excluded.paused_from,
    paused_to = excluded.paused_to,
    report = excluded.report,
    digest = excluded.digest
