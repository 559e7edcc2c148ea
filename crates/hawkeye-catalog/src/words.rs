//! The closed sets of words in the catalog's columns.

use crate::CatalogError;

/// What a person said about an anomaly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    Confirmed,
    FalsePositive,
    /// Odd, but known beforehand.
    ExpectedChange,
}

/// Acknowledged is open, and somebody has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnomalyState {
    Open,
    Acknowledged,
    Closed,
}

/// An entry of an anomaly's timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActivityAction {
    Opened,
    /// It was closed, and a second look at the same time says it is not over.
    Reopened,
    /// The severity rose.
    Escalated,
    Acknowledged,
    Unacknowledged,
    Assigned,
    Noted,
    Judged,
    VerdictCleared,
    AdjustmentUndone,
    Closed,
}

impl Verdict {
    pub const ALL: [Self; 3] = [Self::Confirmed, Self::FalsePositive, Self::ExpectedChange];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::FalsePositive => "false_positive",
            Self::ExpectedChange => "expected_change",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == text)
    }
}

impl AnomalyState {
    pub const ALL: [Self; 3] = [Self::Open, Self::Acknowledged, Self::Closed];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Closed => "closed",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl ActivityAction {
    const ALL: [Self; 11] = [
        Self::Opened,
        Self::Reopened,
        Self::Escalated,
        Self::Acknowledged,
        Self::Unacknowledged,
        Self::Assigned,
        Self::Noted,
        Self::Judged,
        Self::VerdictCleared,
        Self::AdjustmentUndone,
        Self::Closed,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Reopened => "reopened",
            Self::Escalated => "escalated",
            Self::Acknowledged => "acknowledged",
            Self::Unacknowledged => "unacknowledged",
            Self::Assigned => "assigned",
            Self::Noted => "noted",
            Self::Judged => "judged",
            Self::VerdictCleared => "verdict_cleared",
            Self::AdjustmentUndone => "adjustment_undone",
            Self::Closed => "closed",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }
}

/// A column's word, or an error that says whose.
pub(crate) fn known<T>(what: &str, text: &str, parse: fn(&str) -> Option<T>) -> Result<T, CatalogError> {
    parse(text).ok_or_else(|| CatalogError::damaged(format!("{what} `{text}`")))
}
