//! Which routes an alert takes through the tree: depth first, the first matching child, and its later siblings only
//! if it says `continue`. An alert that matches no child stays with the parent.

use serde::{Deserialize, Serialize};

use crate::matcher::all_match;
use crate::routing::{Route, Routing};
use crate::rule::Labels;

/// Values that nothing in the tree sets.
const GROUP_WAIT_S: u32 = 0;
const GROUP_INTERVAL_S: u32 = 300;
const REPEAT_INTERVAL_S: u32 = 4 * 3_600;

/// A node with what it inherited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// Positions of the children from the root down; empty for the root.
    pub path: Vec<usize>,
    /// The matchers of the routes passed. They name the route also when others are put before it.
    pub matchers: Vec<String>,
    pub receiver: String,
    /// `None` groups by all labels.
    pub group_by: Option<Vec<String>>,
    pub group_wait_s: u32,
    pub group_interval_s: u32,
    pub repeat_interval_s: u32,
    pub mute_during: Vec<String>,
    pub active_during: Vec<String>,
}

/// The routes of an alert, at least one.
#[must_use]
pub fn matched(routing: &Routing, labels: &Labels) -> Vec<Matched> {
    let mut found = Vec::new();
    let root = Matched {
        path: Vec::new(),
        matchers: Vec::new(),
        receiver: String::new(),
        group_by: Some(Vec::new()),
        group_wait_s: GROUP_WAIT_S,
        group_interval_s: GROUP_INTERVAL_S,
        repeat_interval_s: REPEAT_INTERVAL_S,
        mute_during: Vec::new(),
        active_during: Vec::new(),
    };
    descend(&routing.route, &root.with(&routing.route), labels, &mut found);
    found
}

fn descend(route: &Route, here: &Matched, labels: &Labels, found: &mut Vec<Matched>) {
    let mut is_taken = false;
    for (position, child) in route.routes.iter().enumerate() {
        if !all_match(&child.matchers, labels) {
            continue;
        }
        is_taken = true;
        let mut below = here.with(child);
        below.path.push(position);
        descend(child, &below, labels, found);
        if !child.is_continued {
            break;
        }
    }
    if !is_taken {
        found.push(here.clone());
    }
}

/// The label that names an alert's incident.
const INCIDENT: &str = "incident";

impl Matched {
    fn with(&self, route: &Route) -> Self {
        let group_by = match &route.group_by {
            Some(labels) if labels.iter().any(|label| label == "...") => None,
            Some(labels) => Some(labels.clone()),
            None => self.group_by.clone(),
        };
        let own: Vec<String> = route.matchers.iter().map(ToString::to_string).collect();
        let own = (!own.is_empty()).then(|| own.join(","));
        Self {
            path: self.path.clone(),
            matchers: self.matchers.iter().cloned().chain(own).collect(),
            receiver: route.receiver.clone().unwrap_or_else(|| self.receiver.clone()),
            group_by,
            group_wait_s: route.group_wait_s.unwrap_or(self.group_wait_s),
            group_interval_s: route.group_interval_s.unwrap_or(self.group_interval_s),
            repeat_interval_s: route.repeat_interval_s.unwrap_or(self.repeat_interval_s),
            // Quiet hours are a node's own, as in Alertmanager.
            mute_during: route.mute_during.clone(),
            active_during: route.active_during.clone(),
        }
    }

    /// The labels that name the group; demo and live never share one. Where `incident` is one of them and the alert has
    /// it, it stands for all others: what belongs to one incident is told together, wherever it is.
    #[must_use]
    pub fn group_labels(&self, labels: &Labels) -> Labels {
        let by_incident = labels.contains_key(INCIDENT)
            && self.group_by.as_ref().is_some_and(|names| names.iter().any(|it| it == INCIDENT));
        let is_named = |name: &str| match &self.group_by {
            _ if by_incident => name == INCIDENT || name == "dataset",
            None => true,
            Some(names) => name == "dataset" || names.iter().any(|it| it == name),
        };
        labels
            .iter()
            .filter(|(name, _)| is_named(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// Where in the tree, for people: `root`, `root / 2 / 1`.
    #[must_use]
    pub fn place(&self) -> String {
        let steps = self.path.iter().map(|position| format!(" / {}", position + 1));
        std::iter::once("root".to_owned()).chain(steps).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(group_by: &[&str], labels: &[(&str, &str)], expected: &[&str]) {
        let mut routing = Routing::default();
        routing.route.group_by = Some(group_by.iter().map(|&name| name.to_owned()).collect());
        let labels: Labels =
            labels.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let found = matched(&routing, &labels).remove(0).group_labels(&labels);
        assert_eq!(found.into_keys().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_incident_stands_for_all_other_labels() {
        let odd = [("service", "shop"), ("environment", "aws/p"), ("incident", "1"), ("dataset", "live")];
        check(&["incident", "service", "environment"], &odd, &["dataset", "incident"]);
        check(&["service", "environment"], &odd, &["dataset", "environment", "service"]);
        check(&["..."], &odd, &["dataset", "environment", "incident", "service"]);
        let alone = [("service", "shop"), ("environment", "aws/p"), ("dataset", "live")];
        check(&["incident", "service", "environment"], &alone, &["dataset", "environment", "service"]);
    }
}
