#![doc = include_str!("../README.md")]

mod baseline;
mod budget;
mod calibration;
mod case;
mod course;
mod detector;
mod dispersion;
mod find;
mod judge;
mod names;
mod outlook;
mod recent;
mod settings;
mod severity;
mod share;
mod snapshot;
mod tail;
mod track;
mod watch;
mod words;

pub mod univariate;

pub use budget::{THRESHOLD_MAX, THRESHOLD_MIN};
pub use judge::{Adjustment, KIN_MAX, Verdict};
pub use outlook::{Evidence, Expectations, Gate, Report, SignalReport};
pub use settings::{
    HIGH, LOW, MAINTENANCE_MAX, MEDIUM, Maintenance, MaintenanceMode, MinChange, OVERRIDES_MAX, Override,
    Scope, Settings,
};
pub use snapshot::{RestoreError, Snapshot};
pub use watch::{Change, Deployment, Row, SERIES_MAX, TestReport, WINDOW, Watcher, Window};
pub use words::grouped;
