//! The closed sets of words that detection uses in JSON, spelled as in the model.

use hawkeye_model as model;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A JSON word for each variant of a type that must not know JSON.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident of $source:path { $($variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),+ }

        impl From<$source> for $name {
            fn from(value: $source) -> Self {
                use $source as Source;
                match value { $(Source::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for $source {
            fn from(value: $name) -> Self {
                use $source as Source;
                match value { $($name::$variant => Source::$variant),+ }
            }
        }
    };
}

words! {
    /// What is watched of a series.
    Signal of model::Signal { Traffic, ErrorRate, ClientErrorRate, Latency }
}

words! {
    /// How a signal is odd.
    AnomalyKind of model::AnomalyKind {
        LatencySpike, LatencyShift, LatencyDrift, PatternChange, ErrorBurst, ErrorRise, NewErrorCode,
        ClientErrorRise, TrafficDrop, Silence, Surge,
    }
}

words! {
    /// How much harm is done. From medium on somebody may be told.
    Severity of model::Severity { Low, Medium, High, Critical }
}

words! {
    /// The number that `observed`, `lower`, `expected` and `upper` are about.
    Measure of model::Measure {
        LatencyMsP50, LatencyMsP95, LatencyMsP99, SlowShare, ErrorRate, ClientErrorRate, RequestsPerMinute,
    }
}

words! {
    /// Why an anomaly is over.
    CloseReason of model::CloseReason { Recovered, NewNormal, ByHand, Unwatched }
}

words! {
    /// Where requests come from.
    Dataset of model::Dataset { Live, Demo }
}

words! {
    /// What a person said about an anomaly.
    Verdict of hawkeye_catalog::Verdict { Confirmed, FalsePositive, ExpectedChange }
}

words! {
    /// `acknowledged` is open, and somebody has seen it.
    AnomalyState of hawkeye_catalog::AnomalyState { Open, Acknowledged, Closed }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_are_those_of_the_model() {
        for signal in model::Signal::ALL {
            assert_eq!(json!(Signal::from(signal)), signal.as_str());
        }
        for kind in model::AnomalyKind::ALL {
            assert_eq!(json!(AnomalyKind::from(kind)), kind.as_str());
        }
        for severity in model::Severity::ALL {
            assert_eq!(json!(Severity::from(severity)), severity.as_str());
        }
        for measure in model::Measure::ALL {
            assert_eq!(json!(Measure::from(measure)), measure.as_str());
        }
        for reason in model::CloseReason::ALL {
            assert_eq!(json!(CloseReason::from(reason)), reason.as_str());
        }
    }
}
