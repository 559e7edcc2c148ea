//! What was measured of diagnosis on simulated traffic, as tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;

use crate::diagnose_sim::{EARLY_HURT, EARLY_WINDOWS};

/// Counts of one kind of incident.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) planted: u32,
    pub(crate) raised: u32,
    pub(crate) one_group: u32,
    pub(crate) verdict: u32,
    pub(crate) cause: u32,
    pub(crate) unsettled: u32,
    pub(crate) decoys: u32,
    pub(crate) decoys_blamed: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) kinds: BTreeMap<&'static str, Kind>,
    pub(crate) deployments_hurt: u32,
    pub(crate) deployments_named: u32,
    /// Incidents that belong to nothing planted, and those of them with a fault.
    pub(crate) strangers: u32,
    pub(crate) strangers_blamed: u32,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        for (name, kind) in &other.kinds {
            let sum = self.kinds.entry(name).or_default();
            sum.planted += kind.planted;
            sum.raised += kind.raised;
            sum.one_group += kind.one_group;
            sum.verdict += kind.verdict;
            sum.cause += kind.cause;
            sum.unsettled += kind.unsettled;
            sum.decoys += kind.decoys;
            sum.decoys_blamed += kind.decoys_blamed;
        }
        self.deployments_hurt += other.deployments_hurt;
        self.deployments_named += other.deployments_named;
        self.strangers += other.strangers;
        self.strangers_blamed += other.strangers_blamed;
    }

    pub(crate) fn incidents(&self) -> Result<String> {
        let mut text = String::from(
            "| planted | incidents | raised | one incident | right verdict | right first cause | not enough evidence |\n|---|---|---|---|---|---|---|\n",
        );
        let mut all = Kind::default();
        let share = |count: u32, of: u32| format!("{:.1} %", 100.0 * f64::from(count) / f64::from(of.max(1)));
        let mut row = |name: &str, kind: &Kind| {
            let of = kind.raised;
            writeln!(
                text,
                "| {name} | {} | {of} | {} | {} | {} | {} |",
                kind.planted,
                share(kind.one_group, of),
                share(kind.verdict, of),
                share(kind.cause, of),
                share(kind.unsettled, of)
            )
        };
        for (name, kind) in self.kinds.iter().filter(|(_, kind)| kind.planted > 0) {
            row(name, kind)?;
            all.planted += kind.planted;
            all.raised += kind.raised;
            all.one_group += kind.one_group;
            all.verdict += kind.verdict;
            all.cause += kind.cause;
            all.unsettled += kind.unsettled;
        }
        row("**all**", &all)?;
        writeln!(
            text,
            "\nBad deployments named within {EARLY_WINDOWS} minutes of {EARLY_HURT} hurt requests: {} of {} ({}).",
            self.deployments_named,
            self.deployments_hurt,
            share(self.deployments_named, self.deployments_hurt)
        )?;
        Ok(text)
    }

    pub(crate) fn decoys(&self) -> Result<String> {
        let mut text = String::from("| decoy | planted | blamed |\n|---|---|---|\n");
        let mut all = (0, 0);
        for (name, kind) in self.kinds.iter().filter(|(_, kind)| kind.decoys > 0) {
            writeln!(text, "| {name} | {} | {} |", kind.decoys, kind.decoys_blamed)?;
            all = (all.0 + kind.decoys, all.1 + kind.decoys_blamed);
        }
        let share = 100.0 * f64::from(all.1) / f64::from(all.0.max(1));
        writeln!(text, "| **all** | {} | {} ({share:.1} %) |", all.0, all.1)?;
        writeln!(
            text,
            "\nIncidents that belong to nothing planted: {}, with a fault named: {}.",
            self.strangers, self.strangers_blamed
        )?;
        Ok(text)
    }
}
