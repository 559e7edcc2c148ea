//! The order of things at each closed window: reads its sums from the store, steps the watcher of their data set, and
//! puts what changed into the catalog and before those who watch live.
//!
//! **Windows.** A window of one minute is closed a grace after its end. Requests that come later are stored and
//! charted, but not judged again.
//!
//! **One data set, one watcher.** What live and demo data teach does not mix, so that removing the demo removes all
//! that it caused.
//!
//! **Crashes.** From time to time the watcher is stored in one transaction with the end of its last window and
//! everything that had changed by then. After a crash the windows since are stepped again: the same windows give the
//! same anomalies with the same ids, and the catalog keeps what people said about them.
//!
//! **Threads.** [`Engine::run`] is a task of the binary's; everything that takes time happens on blocking threads.
//! The other methods block as well: call them through [`Engine::ask`].

mod act;
mod alerting;
mod backtest;
mod config;
mod diagnosing;
mod engine;
mod error;
mod events;
mod expect;
mod explain;
mod feed;
mod forecasting;
mod persist;
mod read;
mod report;
mod settings;
mod verdict;
mod watching;
mod worker;

pub use act::{Acted, Action};
pub use alerting::{
    AlertAction, AlertBacktest, AlertBacktestQuery, AlertDetail, AlertNews, AlertSide, AlertingStatus,
    Applied, ChannelState, Heartbeat, LinkView, NewSilence, Page, RoutePreview, RoutingPreview, RulePreview,
    StoredRule,
};
pub use backtest::{BACKTEST_MAX, Backtest, BacktestQuery, Side};
pub use config::{AlertingConfig, EngineConfig};
pub use diagnosing::{
    ComparedCell, ComparedEndpoint, ComparedEnvironment, DeploymentView, DiagnosisConfig, DifferenceQuery,
    EnvironmentComparison, FoundDifferences, IncidentDetail, NewDeployment, SilenceGate, SilenceGateName,
    SilenceGateOutcome, incident_title,
};
pub use engine::Engine;
pub use error::EngineError;
pub use events::{Event, EventKind, Heard};
pub use expect::{ExpectationQuery, ScopeExpectations};
pub use explain::Explanation;
pub use forecasting::{
    Answer, Breaches, CapacityItem, CapacityQuery, Checked, CheckedStep, FailedSession, ForecastAnswer,
    ForecastConfig, ForecastQuery, JourneyHealth, JourneyImpact, JourneyQuery, JourneyState, JourneyView,
    Limit, Outlook, Prediction, PredictionQuery, Predictions, Proposal, Proposals, Record, Reliability,
    ReliabilityQuery, RoundStatus, StepHealth, StoredJourney, StoredObjective, Timeline, Trust, place,
    prediction_sentence,
};
pub use read::{Detail, List};
pub use report::{Measured, Status};
pub use verdict::Preview;

// Part of what the methods take and return.
pub use hawkeye_detect::{
    Evidence, Gate, HIGH, LOW, MAINTENANCE_MAX, MEDIUM, Maintenance, MaintenanceMode, MinChange,
    OVERRIDES_MAX, Override, Scope, Settings, SignalReport, TestReport,
};
