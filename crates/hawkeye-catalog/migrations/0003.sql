-- Forecasts that were published, until their time has come, and how good they were.

-- An endpoint, or, without method and route, a whole service; in an environment.
CREATE TABLE forecast_scope (
    id TEXT PRIMARY KEY,
    dataset TEXT NOT NULL,
    service TEXT NOT NULL,
    method TEXT NOT NULL,
    route TEXT NOT NULL,
    provider TEXT NOT NULL,
    deployment TEXT NOT NULL,
    region TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE forecast (
    made_us INTEGER NOT NULL,
    scope TEXT NOT NULL,
    measure TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (made_us, scope, measure)
) STRICT, WITHOUT ROWID;

-- Sums over the values of a day that were forecast so far ahead.
CREATE TABLE forecast_score (
    day_us INTEGER NOT NULL,
    scope TEXT NOT NULL,
    measure TEXT NOT NULL,
    lead_s INTEGER NOT NULL,
    compared INTEGER NOT NULL,
    within_50 REAL NOT NULL,
    within_80 REAL NOT NULL,
    within_95 REAL NOT NULL,
    error REAL NOT NULL,
    error_naive REAL NOT NULL,
    loss REAL NOT NULL,
    PRIMARY KEY (day_us, scope, measure, lead_s)
) STRICT, WITHOUT ROWID;

-- Sums over predicted breaches of a day, by tenths of their probability.
CREATE TABLE breach_score (
    day_us INTEGER NOT NULL,
    scope TEXT NOT NULL,
    measure TEXT NOT NULL,
    horizon_s INTEGER NOT NULL,
    tenth INTEGER NOT NULL,
    predictions INTEGER NOT NULL,
    breaches INTEGER NOT NULL,
    probability REAL NOT NULL,
    squared REAL NOT NULL,
    PRIMARY KEY (day_us, scope, measure, horizon_s, tenth)
) STRICT, WITHOUT ROWID;

CREATE TABLE forecast_correction (
    scope TEXT NOT NULL,
    measure TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (scope, measure)
) STRICT, WITHOUT ROWID;

-- Everything that came due by then is scored.
CREATE TABLE forecast_progress (dataset TEXT PRIMARY KEY, scored_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
