//! What came out of one body.

use hawkeye_model::Request;

/// Every span or record that was received is a request, or was skipped, or was rejected.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decoded {
    pub requests: Vec<Request>,
    /// Spans or records seen.
    pub received: u64,
    /// Spans that are sound but no requests, such as internal ones.
    pub skipped: u64,
    /// Spans or records that are wrong.
    pub rejected: u64,
    /// The first rejections, at most `errors_max` of the config.
    pub errors: Vec<Rejection>,
}

/// Why one span or record was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Which span or record of the body, from 0; in NDJSON the line.
    pub index: u64,
    /// As the sender spells it; empty when the whole record is at fault.
    pub field: String,
    /// A fragment that completes "`field` …".
    pub message: String,
}

/// A rejection that does not know its index yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) field: String,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl Decoded {
    pub(crate) fn accept(&mut self, request: Request) {
        self.received += 1;
        self.requests.push(request);
    }

    pub(crate) fn skip(&mut self) {
        self.received += 1;
        self.skipped += 1;
    }

    pub(crate) fn reject(&mut self, index: u64, fault: Fault, errors_max: usize) {
        self.received += 1;
        self.rejected += 1;
        if self.errors.len() < errors_max {
            self.errors.push(Rejection { index, field: fault.field, message: fault.message });
        }
    }
}
