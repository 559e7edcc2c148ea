//! One handled call.

use std::fmt;
use std::sync::Arc;

use crate::{Series, Timestamp};

/// One handled call, as a service, a gateway or a person reported it.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub start: Timestamp,
    pub duration_us: u64,
    pub series: Arc<Series>,
    /// HTTP status code; 0 when the protocol has none.
    pub status_code: u16,
    pub outcome: Outcome,
    pub kind: RequestKind,
    /// What failed, for example `timeout` or an exception's class; empty when nothing did.
    pub error_type: Arc<str>,
    /// The service's version; empty when the source names none.
    pub version: Arc<str>,
    /// The process that answered; empty when the source names none.
    pub instance: Arc<str>,
    /// Who called: an account, a session or a key; empty when the source names none.
    pub consumer: Arc<str>,
    /// The concrete path, for looking at samples; empty when it equals the route or is unknown.
    pub path: Arc<str>,
    pub trace_id: TraceId,
    pub span_id: SpanId,
    pub parent_span_id: SpanId,
    pub size_bytes_in: u64,
    pub size_bytes_out: u64,
    /// Sent by a probe, a test or a bot: stored, but no witness of what users feel.
    pub synthetic: bool,
}

impl Request {
    /// A request with the given essentials; everything else is empty and the outcome follows from the status.
    #[must_use]
    pub fn new(start: Timestamp, duration_us: u64, series: Arc<Series>, status_code: u16) -> Self {
        let empty: Arc<str> = Arc::from("");
        Self {
            start,
            duration_us,
            series,
            status_code,
            outcome: Outcome::of_status(status_code),
            kind: RequestKind::Server,
            error_type: Arc::clone(&empty),
            version: Arc::clone(&empty),
            instance: Arc::clone(&empty),
            consumer: Arc::clone(&empty),
            path: empty,
            trace_id: TraceId::default(),
            span_id: SpanId::default(),
            parent_span_id: SpanId::default(),
            size_bytes_in: 0,
            size_bytes_out: 0,
            synthetic: false,
        }
    }
}

/// Whether the call worked, and if not, whose fault that was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Ok,
    /// 4xx: the caller's fault.
    ClientError,
    /// 5xx, or a failed span without a status: the service's fault.
    ServerError,
}

impl Outcome {
    pub const ALL: [Self; 3] = [Self::Ok, Self::ClientError, Self::ServerError];

    #[must_use]
    pub const fn of_status(status_code: u16) -> Self {
        match status_code {
            400..=499 => Self::ClientError,
            500..=599 => Self::ServerError,
            _ => Self::Ok,
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::ClientError => "client_error",
            Self::ServerError => "server_error",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// Which side of the call reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestKind {
    /// The service that answered.
    Server,
    /// The service that called; kept only when nobody else witnesses the call.
    Client,
    /// The service that took a message from a queue.
    Consumer,
}

impl RequestKind {
    pub const ALL: [Self; 3] = [Self::Server, Self::Client, Self::Consumer];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
            Self::Consumer => "consumer",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $bytes]);

        impl $name {
            /// All zeros means that there is none.
            #[must_use]
            pub fn is_empty(self) -> bool {
                self.0 == [0; $bytes]
            }

            /// Reads hex digits of either case; `None` when the length or a digit is wrong.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let digits = text.as_bytes();
                if digits.len() != 2 * $bytes {
                    return None;
                }
                let mut id = [0; $bytes];
                for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
                    let high = char::from(pair[0]).to_digit(16)?;
                    let low = char::from(pair[1]).to_digit(16)?;
                    *byte = u8::try_from(high * 16 + low).ok()?;
                }
                Some(Self(id))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

hex_id!(
    /// W3C trace id: 32 hex digits.
    TraceId,
    16
);
hex_id!(
    /// W3C span id: 16 hex digits.
    SpanId,
    8
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcome_follows_the_status() {
        for (status, outcome) in [
            (0, Outcome::Ok),
            (200, Outcome::Ok),
            (304, Outcome::Ok),
            (404, Outcome::ClientError),
            (499, Outcome::ClientError),
            (500, Outcome::ServerError),
            (599, Outcome::ServerError),
            (600, Outcome::Ok),
        ] {
            assert_eq!(Outcome::of_status(status), outcome, "{status}");
        }
    }

    #[test]
    fn ids_are_read_in_either_case_and_written_in_lower_case() {
        let id = TraceId::parse("5B8EFFF798038103D269B633813FC60C").expect("32 digits");
        assert_eq!(id.to_string(), "5b8efff798038103d269b633813fc60c");
        assert!(SpanId::parse("0000000000000000").expect("16 digits").is_empty());
        for wrong in ["", "5b8e", "5b8efff798038103d269b633813fc60", "zb8efff798038103d269b633813fc60c"] {
            assert_eq!(TraceId::parse(wrong), None, "{wrong}");
        }
    }
}
