-- Times end in _us: microseconds since 1970. Ids are the bits of an unsigned number.

CREATE TABLE anomaly (
    id INTEGER PRIMARY KEY,
    dataset TEXT NOT NULL,
    series_id INTEGER NOT NULL,
    endpoint_id INTEGER NOT NULL,
    service TEXT NOT NULL,
    method TEXT NOT NULL,
    route TEXT NOT NULL,
    provider TEXT NOT NULL,
    deployment TEXT NOT NULL,
    region TEXT NOT NULL,
    signal TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- 0 low, 1 medium, 2 high, 3 critical: so that it sorts.
    severity INTEGER NOT NULL,
    onset_us INTEGER NOT NULL,
    detected_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    closed_us INTEGER,
    close_reason TEXT,
    measure TEXT NOT NULL,
    observed REAL NOT NULL,
    lower REAL NOT NULL,
    expected REAL NOT NULL,
    upper REAL NOT NULL,
    score_peak REAL NOT NULL,
    threshold REAL NOT NULL,
    requests INTEGER NOT NULL,
    requests_hurt REAL NOT NULL,
    version TEXT,
    sentence TEXT NOT NULL,
    spark BLOB NOT NULL,
    -- What people said. The engine never writes these.
    acknowledged_by TEXT,
    acknowledged_us INTEGER,
    assignee TEXT,
    verdict TEXT,
    verdict_reason TEXT
);
CREATE INDEX anomaly_onset ON anomaly (onset_us);
CREATE INDEX anomaly_open ON anomaly (dataset, endpoint_id) WHERE closed_us IS NULL;
CREATE INDEX anomaly_endpoint ON anomaly (endpoint_id, signal, onset_us);

CREATE TABLE anomaly_evidence (
    anomaly_id INTEGER PRIMARY KEY,
    evidence BLOB NOT NULL
);

CREATE TABLE activity (
    id INTEGER PRIMARY KEY,
    anomaly_id INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    note TEXT
);
CREATE INDEX activity_anomaly ON activity (anomaly_id, id);

CREATE TABLE adjustment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL,
    anomaly_id INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    service TEXT NOT NULL,
    method TEXT NOT NULL,
    route TEXT NOT NULL,
    provider TEXT NOT NULL,
    deployment TEXT NOT NULL,
    region TEXT NOT NULL,
    signal TEXT NOT NULL,
    is_kin INTEGER NOT NULL,
    offset_before REAL NOT NULL,
    offset_after REAL NOT NULL,
    threshold_before REAL NOT NULL,
    threshold_after REAL NOT NULL,
    hidden INTEGER NOT NULL,
    revealed INTEGER NOT NULL,
    -- A JSON array of ids.
    hidden_anomalies TEXT NOT NULL,
    sentence TEXT NOT NULL,
    undone_us INTEGER
);
CREATE INDEX adjustment_anomaly ON adjustment (anomaly_id);

CREATE TABLE deployment (
    dataset TEXT NOT NULL,
    service TEXT NOT NULL,
    provider TEXT NOT NULL,
    deployment TEXT NOT NULL,
    region TEXT NOT NULL,
    version TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (dataset, service, provider, deployment, region, version)
) WITHOUT ROWID;
CREATE INDEX deployment_at ON deployment (at_us);

CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE setting_audit (
    id INTEGER PRIMARY KEY,
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    before TEXT,
    after TEXT NOT NULL
);

CREATE TABLE snapshot (
    dataset TEXT NOT NULL,
    chunk INTEGER NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (dataset, chunk)
) WITHOUT ROWID;

CREATE TABLE watermark (
    dataset TEXT PRIMARY KEY,
    -- The end of the last window that the snapshot contains.
    snapshot_us INTEGER,
    -- When a window was last looked at: from then to the next start nobody listened.
    alive_us INTEGER
) WITHOUT ROWID;
