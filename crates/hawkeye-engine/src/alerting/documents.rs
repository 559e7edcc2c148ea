//! Rules and routing: what people wrote, checked, stored with an audit, and in force from the next window on.

use std::collections::BTreeSet;

use hawkeye_alert::{Routing, Rule, check_routing, check_rule, check_rules};
use hawkeye_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::batch::json;
use crate::engine::Engine;
use crate::error::EngineError;

pub(crate) const RULE_PREFIX: &str = "alert_rule/";
pub(crate) const ROUTING_KEY: &str = "alert_routing";

/// As many as a file may have.
const RULES_MAX: usize = 1_000;

/// A rule and where it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredRule {
    pub rule: Rule,
    /// `default`, `ui` or `file`.
    pub source: String,
    pub updated_ms: Option<i64>,
    pub updated_by: Option<String>,
    /// A default that somebody does not want.
    #[serde(default)]
    pub is_removed: bool,
}

/// What applying a file changed, or would change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    pub created: Vec<String>,
    pub changed: Vec<String>,
    pub removed: Vec<String>,
    pub unchanged: usize,
}

impl StoredRule {
    pub(crate) fn default_of(rule: Rule) -> Self {
        Self { rule, source: "default".into(), updated_ms: None, updated_by: None, is_removed: false }
    }

    fn new(rule: Rule, source: &str, actor: &str, at: Timestamp) -> Self {
        Self {
            rule,
            source: source.into(),
            updated_ms: Some(at.millis()),
            updated_by: Some(actor.into()),
            is_removed: false,
        }
    }
}

impl Engine {
    #[must_use]
    pub fn alert_rules(&self) -> Vec<StoredRule> {
        self.alerting.state().rules.iter().filter(|it| !it.is_removed).cloned().collect()
    }

    /// Adds or replaces a rule.
    ///
    /// # Errors
    /// [`EngineError::Wrong`] with all mistakes; [`EngineError::FromFile`]; that it could not be stored.
    pub fn put_rule(&self, rule: Rule, actor: &str) -> Result<StoredRule, EngineError> {
        wrong(check_rule(&rule))?;
        self.may_edit(&rule.id)?;
        let known = self.alert_rules();
        if known.len() >= RULES_MAX && !known.iter().any(|it| it.rule.id == rule.id) {
            return Err(EngineError::TooMany("rules", RULES_MAX));
        }
        let stored = StoredRule::new(rule, "ui", actor, self.clock.now());
        self.change_rules(vec![stored.clone()], &[], actor)?;
        Ok(stored)
    }

    /// Its alerts are resolved with the next window.
    ///
    /// # Errors
    /// As [`Self::put_rule`], and that there is none.
    pub fn remove_rule(&self, id: &str, actor: &str) -> Result<(), EngineError> {
        self.may_edit(id)?;
        if !self.alert_rules().iter().any(|it| it.rule.id == id) {
            return Err(EngineError::UnknownRule(id.to_owned()));
        }
        self.change_rules(Vec::new(), &[id.to_owned()], actor)
    }

    /// Makes the rules of files be these. Rules of the UI with the same id are taken over; with `prune`, rules of
    /// files that are not in the list go.
    ///
    /// # Errors
    /// As [`Self::put_rule`]; then nothing changes.
    pub fn apply_rules(
        &self,
        rules: Vec<Rule>,
        prune: bool,
        dry_run: bool,
        actor: &str,
    ) -> Result<Applied, EngineError> {
        wrong(check_rules(&rules))?;
        let now = self.clock.now();
        let known = self.alert_rules();
        let mut applied = Applied::default();
        let mut stored = Vec::new();
        let wanted: BTreeSet<String> = rules.iter().map(|rule| rule.id.clone()).collect();
        for rule in rules {
            match known.iter().find(|it| it.rule.id == rule.id) {
                Some(old) if old.rule == rule && old.source == "file" => applied.unchanged += 1,
                Some(_) => {
                    applied.changed.push(rule.id.clone());
                    stored.push(StoredRule::new(rule, "file", actor, now));
                }
                None => {
                    applied.created.push(rule.id.clone());
                    stored.push(StoredRule::new(rule, "file", actor, now));
                }
            }
        }
        if prune {
            let gone = known.iter().filter(|it| it.source == "file" && !wanted.contains(&it.rule.id));
            applied.removed = gone.map(|it| it.rule.id.clone()).collect();
        }
        if !dry_run {
            self.change_rules(stored, &applied.removed, actor)?;
        }
        Ok(applied)
    }

    #[must_use]
    pub fn alert_routing(&self) -> Routing {
        self.alerting.state().routing.clone()
    }

    /// # Errors
    /// [`EngineError::Wrong`] with all mistakes, or that it could not be stored.
    pub fn put_routing(&self, routing: Routing, actor: &str) -> Result<Routing, EngineError> {
        let channels = self.catalog.read(|read| read.channels())?.into_iter().map(|it| it.id).collect();
        wrong(check_routing(&routing, &channels))?;
        let (body, now, actor) = (json(&routing)?, self.clock.now(), actor.to_owned());
        self.change_alerts(|state, batch| {
            state.routing = routing.clone();
            batch.also(move |write| write.set(ROUTING_KEY, &body, &actor, now));
        })?;
        Ok(routing)
    }

    fn may_edit(&self, id: &str) -> Result<(), EngineError> {
        let is_file = self.alert_rules().iter().any(|it| it.rule.id == id && it.source == "file");
        if is_file { Err(EngineError::FromFile(format!("rule {id}"))) } else { Ok(()) }
    }

    /// Stores some rules and takes others away, all or none. A default that is taken away is kept as a mark, so that
    /// it does not come back with the next start.
    fn change_rules(
        &self,
        mut rules: Vec<StoredRule>,
        removed: &[String],
        actor: &str,
    ) -> Result<(), EngineError> {
        let now = self.clock.now();
        let defaults: BTreeSet<String> =
            hawkeye_alert::default_rules().into_iter().map(|rule| rule.id).collect();
        let (marks, gone): (Vec<&String>, Vec<&String>) =
            removed.iter().partition(|id| defaults.contains(*id));
        for stored in self.alert_rules().into_iter().filter(|it| marks.contains(&&it.rule.id)) {
            rules
                .push(StoredRule { is_removed: true, ..StoredRule::new(stored.rule, "default", actor, now) });
        }
        let mut bodies = Vec::new();
        for rule in &rules {
            bodies.push((format!("{RULE_PREFIX}{}", rule.rule.id), json(rule)?));
        }
        let gone: Vec<String> = gone.into_iter().cloned().collect();
        let actor = actor.to_owned();
        self.change_alerts(|state, batch| {
            state.rules.retain(|it| {
                !gone.contains(&it.rule.id) && !rules.iter().any(|new| new.rule.id == it.rule.id)
            });
            state.rules.extend(rules);
            state.rules.sort_by(|left, right| left.rule.id.cmp(&right.rule.id));
            batch.also(move |write| {
                bodies.iter().try_for_each(|(key, body)| write.set(key, body, &actor, now))?;
                gone.iter().try_for_each(|id| write.unset(&format!("{RULE_PREFIX}{id}"), &actor, now))
            });
        })
    }
}

pub(crate) fn wrong(wrong: Vec<hawkeye_alert::Wrong>) -> Result<(), EngineError> {
    if wrong.is_empty() { Ok(()) } else { Err(EngineError::Wrong(wrong)) }
}
