-- One row per target of a running month and day of it: how the month would end, as seen at the end of that day.
create table marts.forecast (
    client text not null,
    month date not null,
    network text not null,
    kpi text not null,
    day date not null,
    value numeric, -- the month's most likely end
    low numeric, -- about eight months in ten end between these two
    high numeric,
    -- the end if only weeks like the worst of this client's last 52 followed, and only weeks like the best; null = no
    -- such bound is known
    least numeric,
    most numeric,
    primary key (client, month, network, kpi, day)
);
