//! What would be: who would be told of an alert, and what a rule says now.

use std::collections::BTreeMap;

use hawkeye_alert::{
    Alert, Interval, Labels, Mute, MuteKind, Observation, Routing, Rule, Target, all_match, check_routing,
    check_rule, evaluate, matched, rule_sentence, span, targets,
};
use hawkeye_detect::WINDOW;
use hawkeye_model::{Anomaly, Dataset, Timestamp};

use super::documents::wrong;
use super::evaluate::SlowSums;
use crate::engine::Engine;
use crate::error::EngineError;

#[derive(Debug, Clone, PartialEq)]
pub struct RoutingPreview {
    /// What would keep it from being told.
    pub mutes: Vec<Mute>,
    pub routes: Vec<RoutePreview>,
}

/// One way that an alert takes.
#[derive(Debug, Clone, PartialEq)]
pub struct RoutePreview {
    pub place: String,
    pub receiver: String,
    pub group_labels: Labels,
    pub group_wait_s: u32,
    pub group_interval_s: u32,
    pub repeat_interval_s: u32,
    /// Intervals because of which nothing is told at that time.
    pub quiet: Vec<String>,
    /// After so many seconds without an acknowledgement, these.
    pub steps: Vec<(u32, Vec<Target>)>,
    pub sentence: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct RulePreview {
    pub sentence: String,
    pub met: Vec<Observation>,
}

impl Engine {
    /// Who would be told of an alert with these labels, when, and why.
    ///
    /// # Errors
    /// [`EngineError::Wrong`] for a routing with mistakes.
    pub fn preview_routing(
        &self,
        labels: &Labels,
        at: Timestamp,
        routing: Option<Routing>,
    ) -> Result<RoutingPreview, EngineError> {
        let routing = match routing {
            Some(routing) => {
                let channels =
                    self.catalog.read(|read| read.channels())?.into_iter().map(|it| it.id).collect();
                wrong(check_routing(&routing, &channels))?;
                routing
            }
            None => self.alert_routing(),
        };
        let names = self.channel_names()?;
        let silences = self.silences(None)?;
        let silenced = silences
            .iter()
            .filter(|it| it.is_active(at) && all_match(&it.matchers, labels))
            .map(|it| Mute { kind: MuteKind::Silence, by: it.id.clone() });
        let maintained = routing
            .maintenances
            .iter()
            .filter(|it| it.is_active(at) && all_match(&it.matchers, labels))
            .map(|it| Mute { kind: MuteKind::Maintenance, by: it.name.clone() });
        let mut mutes: Vec<Mute> = silenced.chain(maintained).collect();
        mutes.extend(self.inhibitions_of(labels, &routing));
        let is_withheld = !routing.tell_demo && labels.get("dataset").is_some_and(|it| it == "demo");
        let routes = matched(&routing, labels).into_iter().map(|route| {
            let quiet = quiet(&routing.intervals, &route.mute_during, &route.active_during, at);
            let receiver = routing.receivers.iter().find(|it| it.name == route.receiver);
            let steps: Vec<(u32, Vec<Target>)> = receiver
                .into_iter()
                .flat_map(|it| &it.steps)
                .map(|step| (step.after_s, targets(&[step], &routing, at)))
                .collect();
            RoutePreview {
                place: route.place(),
                sentence: if is_withheld {
                    "Nobody is told: alerts of the demo are kept back".into()
                } else {
                    sentence(&route.receiver, &steps, &mutes, &quiet, &names)
                },
                group_labels: route.group_labels(labels),
                receiver: route.receiver,
                group_wait_s: route.group_wait_s,
                group_interval_s: route.group_interval_s,
                repeat_interval_s: route.repeat_interval_s,
                quiet,
                steps,
            }
        });
        let routes = routes.collect();
        Ok(RoutingPreview { mutes, routes })
    }

    /// Inhibitions by what fires now.
    fn inhibitions_of(&self, labels: &Labels, routing: &Routing) -> Vec<Mute> {
        let state = self.alerting.state();
        let firing: Vec<&Alert> = state.book.alerts().filter(|it| it.is_firing()).collect();
        let value = |labels: &Labels, name: &str| labels.get(name).cloned().unwrap_or_default();
        let is_source = |inhibition: &hawkeye_alert::Inhibition, alert: &Alert| {
            all_match(&inhibition.source, &alert.labels)
                && inhibition.equal.iter().all(|name| value(&alert.labels, name) == value(labels, name))
        };
        let hit = routing.inhibitions.iter().filter(|it| {
            all_match(&it.target, labels)
                && !all_match(&it.source, labels)
                && firing.iter().any(|alert| is_source(it, alert))
        });
        hit.map(|it| Mute { kind: MuteKind::Inhibition, by: it.name.clone() }).collect()
    }

    /// What a rule says about the last window, of both data sets.
    ///
    /// # Errors
    /// [`EngineError::Wrong`], or that the store cannot be read.
    pub async fn preview_rule(self: &std::sync::Arc<Self>, rule: Rule) -> Result<RulePreview, EngineError> {
        wrong(check_rule(&rule))?;
        let rules = vec![Rule { is_enabled: true, ..rule }];
        let mut met = Vec::new();
        for dataset in Dataset::ALL {
            let until = self.clock.now().minus(self.config.grace).floor(WINDOW);
            let mut past = self.past(dataset, &rules, until, &mut SlowSums::default()).await?;
            past.future = self.future(dataset, &rules, until, &past).await?;
            let asked = rules.clone();
            let said = self
                .ask(move |engine| {
                    let open = engine.catalog.read(|read| read.open_anomalies(dataset))?;
                    let open: Vec<&Anomaly> = open.iter().map(|stored| &stored.anomaly).collect();
                    Ok(evaluate(&asked[0], dataset, until, &open, &past).met)
                })
                .await?;
            met.extend(said);
        }
        Ok(RulePreview { sentence: rule_sentence(&rules[0]), met })
    }
}

fn quiet(intervals: &[Interval], mute: &[String], active: &[String], at: Timestamp) -> Vec<String> {
    let inside = |names: &[String]| -> Vec<String> {
        let hit = intervals.iter().filter(|it| names.contains(&it.name) && it.contains(at));
        hit.map(|it| it.name.clone()).collect()
    };
    let muted = inside(mute);
    if muted.is_empty() && !active.is_empty() && inside(active).is_empty() {
        return active.iter().map(|name| format!("outside {name}")).collect();
    }
    muted
}

fn sentence(
    receiver: &str,
    steps: &[(u32, Vec<Target>)],
    mutes: &[Mute],
    quiet: &[String],
    names: &BTreeMap<String, String>,
) -> String {
    let name = |channel: &String| names.get(channel).unwrap_or(channel).clone();
    if let Some(mute) = mutes.first() {
        return format!("Nobody is told: {} {} hides it", mute.kind.as_str(), mute.by);
    }
    if let Some(interval) = quiet.first() {
        return format!(
            "Nobody is told for now: quiet hours ({interval}); afterwards {receiver}, if it still fires"
        );
    }
    let told: Vec<String> = steps
        .iter()
        .filter(|(_, targets)| !targets.is_empty())
        .map(|(after_s, targets)| {
            let whom: Vec<String> = targets
                .iter()
                .map(|it| match &it.via {
                    Some((schedule, person)) => {
                        format!("{person} ({}, on call in {schedule})", name(&it.channel))
                    }
                    None => name(&it.channel),
                })
                .collect();
            let whom = whom.join(" and ");
            match after_s {
                0 => format!("{whom} at once"),
                after => format!("{whom} after {} without an acknowledgement", span(*after)),
            }
        })
        .collect();
    if told.is_empty() {
        return format!("Nobody is told: receiver {receiver} has no channels");
    }
    format!("{receiver} tells {}", told.join(", "))
}
