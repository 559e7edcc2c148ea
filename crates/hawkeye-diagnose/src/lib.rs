//! From anomalies to incidents that say what broke, where, since when, who is hurt and what changed.
//!
//! * [`Diagnosis`]: what is concluded of one incident, and the numbers behind it. Its JSON is the same on disk, over the
//!   API and in a file.
//!
//! The crate is pure: requests, anomalies and the time are arguments; the same input gives the same answer.

mod calls;
mod cause;
mod compare;
mod deploy;
mod diagnose;
mod diagnose_evidence;
mod diagnose_map;
mod diagnose_place;
#[cfg(test)]
mod diagnose_tests;
mod differ;
mod documents;
mod graph;
mod group;
mod group_kin;
mod group_relation;
#[cfg(test)]
mod group_tests;
mod impact;
mod rank;
mod verdict;
mod verdict_part;
mod verdict_traffic;
mod verdict_words;

pub use calls::{Call, Failure, link};
pub use compare::{Count, LEAST_ERROR_RATE, LEAST_SLOW_SHARE, Shares, Stratum, compare_shares, comparison};
pub use deploy::{DeploymentCase, JUDGED_AFTER_MINUTES, judge_deployment};
pub use diagnose::{Case, KnownDeployment, Range, another_baseline, diagnose, windows, windows_of};
pub use differ::{DIFFERENCES_MOST, LISTED_CHANCE, Selection, differences, select};
pub use documents::{
    Against, Attribute, Breadth, CallMap, CallMapEdge, CallMapNode, Cause, CauseKind, ComparedMeasure,
    Comparison, ConsumerHarm, DeploymentVerdict, DeploymentVerdictKind, Diagnosis, Difference, Estimate,
    Impact, IncidentVerdict, Subject, VerdictKind,
};
pub use graph::{CallEdge, CallGraph, EDGES_MAX, Kinship};
pub use group::{
    GROUPS_MAX, Group, GroupChange, GroupEvent, Grouper, IncidentId, MEMBERS_MAX, Member, SETTLE,
};
pub use impact::{
    CONSUMERS_MOST, Expected, Seen, consumers_hurt, failed_beyond, impact, missing_requests, severity,
    slow_beyond,
};
pub use rank::{NodeEvidence, RankReason, Ranked, Readings, Topology, rank};
