-- What is computed from core and the catalogue, and what was said of it.
create schema marts;

-- one row per expected cell: client x network x measure x day | ISO week (its Monday) | month (its first day).
-- `reason` says why `value` is null, and only then.
create table marts.measure (
    client text not null,
    network text not null,
    measure text not null,
    grain text not null check (grain in ('day', 'week', 'month')),
    period date not null,
    value numeric,
    reason text,
    completeness numeric not null check (completeness between 0 and 1), -- known days / days of the period
    is_derived boolean not null default false, -- counted back from other numbers, not read
    is_late boolean not null default false, -- posts read later than 7 days after publication
    is_flagged boolean not null default false, -- sampled, thresholded or the like by the source
    primary key (client, grain, period, network, measure), -- periods are rebuilt and read as a whole
    check ((value is null) = (reason is not null))
);

-- one row per client and month as last rebuilt: fingerprints of what its cells rest on outside that month, and of the
-- KPIs' formulas. Where one is no longer true, build_kpis rebuilds the month even if no row of it has changed.
create table marts.basis (
    client text not null,
    month date not null,
    fingerprint text not null,
    formulas text not null,
    primary key (client, month)
);

-- one row per earlier value of a cell, kept when a finished day or a source-given unique changes
create table marts.measure_history (
    client text not null,
    network text not null,
    measure text not null,
    grain text not null,
    period date not null,
    value numeric,
    replaced_at timestamptz not null,
    primary key (client, network, measure, grain, period, replaced_at)
);

-- one row per KPI x network x day | week | month in which all its measures are expected
create table marts.kpi (
    client text not null,
    network text not null,
    kpi text not null,
    grain text not null check (grain in ('day', 'week', 'month')),
    period date not null,
    value numeric,
    numerator numeric,
    denominator numeric,
    completeness numeric not null check (completeness between 0 and 1),
    reason text check (reason in ('zero_denominator', 'source_missing', 'no_access', 'not_final', 'not_applicable')),
    is_derived boolean not null default false,
    is_late boolean not null default false,
    is_flagged boolean not null default false,
    primary key (client, grain, period, network, kpi),
    check ((value is null) = (reason is not null))
);

-- one row per target and month: the judgement, and why
create table marts.verdict (
    client text not null,
    month date not null,
    network text not null,
    kpi text not null,
    target_version integer not null,
    verdict text not null check (
        verdict in (
            'met', 'missed', 'not_proven', 'not_measured', 'not_due', 'on_track', 'at_risk', 'certain_miss'
        )
    ),
    target numeric, -- the bound that counts; of a band, the one that was crossed or is nearer
    low numeric, -- the value must not be below it
    high numeric, -- nor above it
    base numeric, -- of a growth: what it is counted from
    value numeric,
    forecast numeric, -- while the month is running: the value at its end
    reason text, -- why there is no value, no bound or no proof
    rule text not null,
    is_main boolean not null,
    due_from date not null, -- the first month in which the target counts
    is_final boolean not null,
    evaluated_at timestamptz not null,
    primary key (client, month, network, kpi)
);

-- one row per letter: the outbox
create table marts.letter (
    client text not null,
    letter_id text not null,
    month date not null,
    kind text not null,
    revision integer not null,
    state text not null check (state in ('due', 'sending', 'sent', 'held', 'expired')),
    subject text not null,
    message_id text not null,
    content jsonb not null, -- every number the letter shows, with its client
    reason text, -- why it is held or expired
    created_at timestamptz not null,
    primary key (client, letter_id),
    unique (client, month, kind, revision)
);

-- one row per letter and recipient: one SMTP transaction each
create table marts.delivery (
    client text not null,
    letter_id text not null,
    recipient text not null,
    language text not null,
    state text not null check (state in ('due', 'sending', 'sent', 'refused')),
    attempts integer not null default 0,
    in_doubt boolean not null default false, -- handed over again, though an earlier attempt may have been accepted
    error text, -- what the mail server said of the last attempt
    sent_at timestamptz,
    primary key (client, letter_id, recipient)
);
