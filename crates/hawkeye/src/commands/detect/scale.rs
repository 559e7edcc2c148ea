//! The scale on which a column is judged.

/// Latencies by ratio, counts by their own noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    Plain,
    Log,
    Root,
}

impl Scale {
    /// Hawkeye's own columns are known by name.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "requests" | "client_errors" | "server_errors" => Self::Root,
            _ if name.starts_with("latency_ms") => Self::Log,
            _ => Self::Plain,
        }
    }

    pub(super) fn apply(self, value: f64) -> f64 {
        match self {
            Self::Plain => value,
            Self::Log => value.max(0.0).ln_1p(),
            Self::Root => value.max(0.0).sqrt(),
        }
    }

    pub(super) fn undo(self, value: f64) -> f64 {
        match self {
            Self::Plain => value,
            Self::Log => value.exp_m1(),
            Self::Root => value.max(0.0) * value.max(0.0),
        }
    }
}
