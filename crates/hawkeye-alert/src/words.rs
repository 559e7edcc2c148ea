//! Sentences: what a rule says, what a measure is, and texts with labels filled in.

use crate::rule::{
    Comparison, Condition, JourneyState, Labels, Objective, Per, Rule, Scope, ThresholdMeasure,
};

/// A filled text is not longer, however long the labels are.
const TEXT_LENGTH_MAX: usize = 4_000;

/// What a rule says, in plain words.
#[must_use]
pub fn rule_sentence(rule: &Rule) -> String {
    let of = place(&rule.scope, per(&rule.condition));
    let when = match &rule.condition {
        Condition::Anomaly { kinds, severity_min } => {
            let what =
                if kinds.is_empty() { "anomaly".to_owned() } else { kinds.join(" or ").replace('_', " ") };
            format!("{what} of severity {} or higher on {of}", severity_min.as_str())
        }
        Condition::Threshold { measure, is, value, window_s, requests_min, .. } => {
            let least = match requests_min {
                0 => String::new(),
                least => format!(", with at least {least} requests"),
            };
            format!(
                "{} of {of} is {} {} over {}{least}",
                measure_name(*measure),
                comparison(*is),
                measured(*measure, *value),
                span(*window_s)
            )
        }
        Condition::Absence { window_s, requests_min, .. } => {
            format!(
                "{of} had no requests for {}, but {requests_min} or more in the day before",
                span(*window_s)
            )
        }
        Condition::BurnRate { objective, target, .. } => {
            format!(
                "{of} burns its error budget too fast: {} of requests {}",
                percent(*target),
                good(objective)
            )
        }
        Condition::PredictedBreach { measure, probability_min, within_s, .. } => {
            let measure = measure.map_or("a measure", measure_name);
            let (percent, within) = (percent(*probability_min), span(*within_s));
            format!("{measure} of {of} will cross its limit within {within} with {percent} or more")
        }
        Condition::JourneyHealth { journeys, state_min, is_predicted } => {
            let which = if journeys.is_empty() { "any journey".to_owned() } else { journeys.join(" or ") };
            let state = match state_min {
                JourneyState::Degraded => "degraded or failing",
                JourneyState::Failing => "failing",
            };
            let predicted = if *is_predicted { ", or is predicted to be within an hour" } else { "" };
            format!("{which} is {state}{predicted}")
        }
        Condition::Incident { verdicts, severity_min } => {
            let words: Vec<String> = verdicts.iter().map(|it| it.as_str().replace('_', " ")).collect();
            let fault =
                if words.is_empty() { String::new() } else { format!(" with {}", words.join(" or ")) };
            format!("an incident of severity {} or higher{fault} touches {of}", severity_min.as_str())
        }
    };
    let lasts = if rule.for_s > 0 { format!(", for {}", span(rule.for_s)) } else { String::new() };
    let severity = rule.severity.map_or(String::new(), |it| format!(": {}", it.as_str()));
    format!("When {when}{lasts}{severity}")
}

fn per(condition: &Condition) -> Per {
    match condition {
        Condition::Anomaly { .. } | Condition::JourneyHealth { .. } | Condition::Incident { .. } => {
            Per::Endpoint
        }
        Condition::Threshold { per, .. }
        | Condition::Absence { per, .. }
        | Condition::BurnRate { per, .. }
        | Condition::PredictedBreach { per, .. } => *per,
    }
}

fn place(scope: &Scope, per: Per) -> String {
    let any = match per {
        Per::Endpoint => "any endpoint",
        Per::Service => "any service",
    };
    let mut words = match (scope.endpoints.as_slice(), scope.services.as_slice()) {
        ([], []) => any.to_owned(),
        ([], services) => services.join(", "),
        (endpoints, []) => endpoints.join(", "),
        (endpoints, services) => format!("{} of {}", endpoints.join(", "), services.join(", ")),
    };
    if !scope.environments.is_empty() {
        words += &format!(" in {}", scope.environments.join(", "));
    }
    if !scope.matchers.is_empty() {
        let matchers: Vec<_> = scope.matchers.iter().map(ToString::to_string).collect();
        words += &format!(" where {}", matchers.join(", "));
    }
    words
}

pub(crate) fn good(objective: &Objective) -> String {
    match objective {
        Objective::Availability => "without a server error".into(),
        Objective::Latency { latency_ms } => format!("good within {}", number(*latency_ms, " ms")),
    }
}

pub(crate) fn measure_name(measure: ThresholdMeasure) -> &'static str {
    match measure {
        ThresholdMeasure::LatencyMsP50 => "p50",
        ThresholdMeasure::LatencyMsP95 => "p95",
        ThresholdMeasure::LatencyMsP99 => "p99",
        ThresholdMeasure::ErrorRate => "error rate",
        ThresholdMeasure::ClientErrorRate => "client error rate",
        ThresholdMeasure::RequestsPerMinute => "traffic",
    }
}

pub(crate) fn measured(measure: ThresholdMeasure, value: f64) -> String {
    match measure {
        ThresholdMeasure::LatencyMsP50 | ThresholdMeasure::LatencyMsP95 | ThresholdMeasure::LatencyMsP99 => {
            number(value, " ms")
        }
        ThresholdMeasure::ErrorRate | ThresholdMeasure::ClientErrorRate => percent(value),
        ThresholdMeasure::RequestsPerMinute => number(value, " requests a minute"),
    }
}

pub(crate) fn comparison(is: Comparison) -> &'static str {
    match is {
        Comparison::Above => "above",
        Comparison::Below => "below",
    }
}

pub(crate) fn percent(share: f64) -> String {
    number(share * 100.0, " %")
}

/// Three significant digits.
pub(crate) fn number(value: f64, unit: &str) -> String {
    let digits = match value.abs() {
        it if it >= 100.0 => 0,
        it if it >= 10.0 => 1,
        it if it >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{unit}")
}

/// A time in the largest unit that fits.
#[must_use]
pub fn span(seconds: u32) -> String {
    match seconds {
        s if s >= 86_400 && s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s >= 3_600 && s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s >= 60 && s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

/// `{{name}}` becomes the label's value; nothing else is understood, so a label's value is only ever text.
pub(crate) fn filled(text: &str, labels: &Labels) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        let Some(end) = rest[at..].find("}}") else { break };
        filled.push_str(&rest[..at]);
        let name = rest[at + 2..at + end].trim();
        filled.push_str(labels.get(name).map_or("", String::as_str));
        rest = &rest[at + end + 2..];
    }
    filled.push_str(rest);
    if filled.len() > TEXT_LENGTH_MAX {
        let end = (0..=TEXT_LENGTH_MAX).rev().find(|&at| filled.is_char_boundary(at)).unwrap_or(0);
        filled.truncate(end);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_filled_in_once() {
        let labels: Labels = [("a".to_owned(), "{{b}}".to_owned()), ("b".to_owned(), "x".to_owned())].into();
        for (text, expected) in [
            ("{{a}} and {{ b }}", "{{b}} and x"),
            ("{{missing}}.", "."),
            ("open {{ never closed", "open {{ never closed"),
            ("plain", "plain"),
        ] {
            assert_eq!(filled(text, &labels), expected);
        }
    }

    #[test]
    fn rules_read_like_sentences() {
        let sentences: Vec<_> = crate::rule::default_rules().iter().map(rule_sentence).collect();
        assert_eq!(
            sentences,
            [
                "When anomaly of severity medium or higher on any endpoint",
                "When error rate of any endpoint is above 50 % over 5 min, with at least 20 requests, for 2 min: critical",
                "When any service burns its error budget too fast: 99.9 % of requests without a server error",
                "When any service had no requests for 15 min, but 100 or more in the day before: high",
            ]
        );
    }
}
