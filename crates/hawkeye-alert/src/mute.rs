//! What keeps alerts from being told: silences, maintenance and inhibition.

use std::collections::HashSet;

use hawkeye_model::Timestamp;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::alert::{Alert, Mute, MuteKind, micros};
use crate::matcher::{Matcher, all_match};
use crate::routing::{Inhibition, Routing};
use crate::rule::Labels;

/// Somebody does not want to hear of what matches, for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Silence {
    pub id: String,
    /// All must match; an empty list is refused.
    pub matchers: Vec<Matcher>,
    #[serde(with = "micros")]
    pub starts: Timestamp,
    #[serde(with = "micros")]
    pub ends: Timestamp,
    pub created_by: String,
    pub comment: String,
    #[serde(with = "micros")]
    pub updated: Timestamp,
}

impl Silence {
    /// An id in the form that Alertmanager's users know, a UUID.
    #[must_use]
    pub fn new_id(matchers: &[Matcher], created_by: &str, now: Timestamp) -> String {
        let text: Vec<String> = matchers.iter().map(ToString::to_string).collect();
        let bits = xxh3_128(format!("{}|{created_by}|{}", text.join(","), now.micros()).as_bytes());
        // Version 8, "made by the vendor", and the variant of RFC 9562.
        let bits = bits & !(0xf << 76) | (8 << 76);
        let bits = bits & !(0b11 << 62) | (0b10 << 62);
        let hex = format!("{bits:032x}");
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.starts <= now && now < self.ends
    }
}

/// For each alert what mutes it now, in the order of the alerts.
#[must_use]
pub fn mutes(alerts: &[&Alert], silences: &[Silence], routing: &Routing, now: Timestamp) -> Vec<Vec<Mute>> {
    let silences: Vec<_> = silences.iter().filter(|it| it.is_active(now)).collect();
    let maintenances: Vec<_> = routing.maintenances.iter().filter(|it| it.is_active(now)).collect();
    let inhibitors: Vec<_> = routing.inhibitions.iter().map(|it| Inhibitor::new(it, alerts)).collect();
    let of = |alert: &&Alert| {
        let labels = &alert.labels;
        let silenced = silences
            .iter()
            .filter(|it| all_match(&it.matchers, labels))
            .map(|it| Mute { kind: MuteKind::Silence, by: it.id.clone() });
        let maintained = maintenances
            .iter()
            .filter(|it| all_match(&it.matchers, labels))
            .map(|it| Mute { kind: MuteKind::Maintenance, by: it.name.clone() });
        let inhibited = inhibitors
            .iter()
            .filter(|it| it.inhibits(alert))
            .map(|it| Mute { kind: MuteKind::Inhibition, by: it.inhibition.name.clone() });
        silenced.chain(maintained).chain(inhibited).collect()
    };
    alerts.iter().map(of).collect()
}

/// An inhibition with the values of the equal labels for which a source fires.
struct Inhibitor<'a> {
    inhibition: &'a Inhibition,
    firing: HashSet<Vec<&'a str>>,
}

impl<'a> Inhibitor<'a> {
    fn new(inhibition: &'a Inhibition, alerts: &[&'a Alert]) -> Self {
        let sources = alerts.iter().filter(|it| it.is_firing() && all_match(&inhibition.source, &it.labels));
        let firing = sources.map(|it| equals(inhibition, &it.labels)).collect();
        Self { inhibition, firing }
    }

    /// One that is a source as well is never inhibited by its own kind.
    fn inhibits(&self, alert: &Alert) -> bool {
        !self.firing.is_empty()
            && all_match(&self.inhibition.target, &alert.labels)
            && !all_match(&self.inhibition.source, &alert.labels)
            && self.firing.contains(&equals(self.inhibition, &alert.labels))
    }
}

fn equals<'a>(inhibition: &Inhibition, labels: &'a Labels) -> Vec<&'a str> {
    inhibition.equal.iter().map(|name| labels.get(name).map_or("", String::as_str)).collect()
}

impl Routing {
    /// Whether a maintenance that is told about afterwards has this name.
    #[must_use]
    pub fn is_summarised(&self, maintenance: &str) -> bool {
        self.maintenances.iter().any(|it| it.name == maintenance && it.is_summarised)
    }
}
