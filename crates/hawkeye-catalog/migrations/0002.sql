-- Alerting. Bodies are JSON that only the engine understands; the columns beside them are what is searched.

CREATE TABLE alert (
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    dataset TEXT NOT NULL,
    state TEXT NOT NULL,
    severity INTEGER NOT NULL,
    rule TEXT,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    words TEXT NOT NULL,
    is_acknowledged INTEGER NOT NULL,
    is_muted INTEGER NOT NULL,
    is_snoozed INTEGER NOT NULL,
    anomaly_id INTEGER,
    started_us INTEGER NOT NULL,
    resolved_us INTEGER,
    updated_us INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX alert_started ON alert (started_us, id);
CREATE INDEX alert_active ON alert (state) WHERE state <> 'resolved';
-- Has all that lists are narrowed by but words, so that counting reads no bodies.
CREATE INDEX alert_counted ON alert (state, is_acknowledged, is_snoozed, is_muted, dataset, severity, rule, started_us,
    resolved_us);
CREATE INDEX alert_resolved ON alert (resolved_us) WHERE resolved_us IS NOT NULL;
CREATE INDEX alert_anomaly ON alert (anomaly_id) WHERE anomaly_id IS NOT NULL;

CREATE TABLE alert_event (
    id INTEGER PRIMARY KEY,
    alert_id INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    note TEXT
) STRICT;
CREATE INDEX alert_event_alert ON alert_event (alert_id, id);

-- What hid an alert, and from when to when.
CREATE TABLE alert_mute (
    alert_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    by TEXT NOT NULL,
    from_us INTEGER NOT NULL,
    to_us INTEGER,
    PRIMARY KEY (alert_id, kind, by, from_us)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_mute_by ON alert_mute (kind, by, from_us);

CREATE TABLE alert_group (key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Single numbers: the next alert's id, and how far the rules have come in each data set.
CREATE TABLE alert_progress (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE silence (
    id TEXT PRIMARY KEY,
    starts_us INTEGER NOT NULL,
    ends_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX silence_ends ON silence (ends_us);

CREATE TABLE channel (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    secret BLOB,
    disabled_reason TEXT,
    updated_us INTEGER NOT NULL
) STRICT;

CREATE TABLE outbox (
    -- Never given twice: a delivery under way must not end a later one.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Names the notification for its channel; sent with it, so that one that comes twice is known.
    key TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    thread TEXT NOT NULL,
    -- waiting, sent, dead, collapsed, withheld
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    receiver TEXT NOT NULL,
    title TEXT NOT NULL,
    dataset TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    next_us INTEGER NOT NULL,
    leased_us INTEGER,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    last_status INTEGER,
    sent_us INTEGER,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_waiting ON outbox (next_us, id) WHERE state = 'waiting';
CREATE INDEX outbox_due ON outbox (channel, next_us) WHERE state = 'waiting';
CREATE INDEX outbox_thread ON outbox (channel, thread, id) WHERE state = 'waiting';
CREATE INDEX outbox_created ON outbox (created_us, id);
CREATE INDEX outbox_state ON outbox (state, created_us, id);
CREATE INDEX outbox_channel ON outbox (channel, state, created_us);

CREATE TABLE outbox_alert (
    outbox_id INTEGER NOT NULL,
    alert_id INTEGER NOT NULL,
    PRIMARY KEY (alert_id, outbox_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_alert_outbox ON outbox_alert (outbox_id);

-- What a channel wants to be told at the next notification of a thread.
CREATE TABLE channel_memory (
    channel TEXT NOT NULL,
    thread TEXT NOT NULL,
    value TEXT NOT NULL,
    updated_us INTEGER NOT NULL,
    PRIMARY KEY (channel, thread)
) STRICT, WITHOUT ROWID;

CREATE TABLE used_link (hash TEXT PRIMARY KEY, actor TEXT NOT NULL, used_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
