-- Incidents: anomalies that belong together, and what was concluded of them. Bodies are JSON that only the engine
-- understands; the columns beside them are what is searched.

CREATE TABLE incident (
    id INTEGER PRIMARY KEY,
    dataset TEXT NOT NULL,
    severity INTEGER NOT NULL,
    title TEXT NOT NULL,
    onset_us INTEGER NOT NULL,
    detected_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    closed_us INTEGER,
    -- JSON arrays of texts.
    services TEXT NOT NULL,
    environments TEXT NOT NULL,
    requests_hurt REAL NOT NULL,
    -- The incident that took its anomalies; then this one only redirects.
    merged_into INTEGER,
    verdict TEXT,
    sentence TEXT,
    subject TEXT,
    diagnosed_us INTEGER,
    diagnosis TEXT
) STRICT;
CREATE INDEX incident_onset ON incident (onset_us, id);
CREATE INDEX incident_open ON incident (dataset) WHERE closed_us IS NULL;

CREATE TABLE incident_anomaly (
    anomaly_id INTEGER PRIMARY KEY,
    incident_id INTEGER NOT NULL
) STRICT;
CREATE INDEX incident_anomaly_incident ON incident_anomaly (incident_id);

CREATE TABLE incident_event (
    id INTEGER PRIMARY KEY,
    incident_id INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    anomaly_id INTEGER
) STRICT;
CREATE INDEX incident_event_incident ON incident_event (incident_id, id);

-- Up to when anomalies have been grouped.
CREATE TABLE incident_progress (dataset TEXT PRIMARY KEY, until_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE INDEX anomaly_updated ON anomaly (dataset, updated_us);

ALTER TABLE deployment ADD COLUMN is_reported INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deployment ADD COLUMN note TEXT;
ALTER TABLE deployment ADD COLUMN link TEXT;
-- Minutes after which it was last judged; 30 is the last time.
ALTER TABLE deployment ADD COLUMN judged_minutes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deployment ADD COLUMN verdict TEXT;
-- A JSON array of all verdicts.
ALTER TABLE deployment ADD COLUMN verdicts TEXT;
