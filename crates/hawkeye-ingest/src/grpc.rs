//! gRPC status codes: their names, and whose fault they are.

use hawkeye_model::Outcome;

use Outcome::{ClientError, Ok, ServerError};

/// In the order of their numbers. Faults follow the status-to-error table of the gRPC semantic conventions
/// for server spans.
const CODES: [(&str, Outcome); 17] = [
    ("OK", Ok),
    ("CANCELLED", ClientError),
    ("UNKNOWN", ServerError),
    ("INVALID_ARGUMENT", ClientError),
    ("DEADLINE_EXCEEDED", ServerError),
    ("NOT_FOUND", ClientError),
    ("ALREADY_EXISTS", ClientError),
    ("PERMISSION_DENIED", ClientError),
    ("RESOURCE_EXHAUSTED", ClientError),
    ("FAILED_PRECONDITION", ClientError),
    ("ABORTED", ClientError),
    ("OUT_OF_RANGE", ClientError),
    ("UNIMPLEMENTED", ServerError),
    ("INTERNAL", ServerError),
    ("UNAVAILABLE", ServerError),
    ("DATA_LOSS", ServerError),
    ("UNAUTHENTICATED", ClientError),
];

/// Reads a number (`14`) or a name in any case (`UNAVAILABLE`).
pub(crate) fn status(code: &str) -> Option<(&'static str, Outcome)> {
    match code.parse::<usize>() {
        Result::Ok(number) => CODES.get(number).copied(),
        Err(_) => CODES.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_read() {
        assert_eq!(status("14"), Some(("UNAVAILABLE", ServerError)));
        assert_eq!(status("deadline_exceeded"), Some(("DEADLINE_EXCEEDED", ServerError)));
        assert_eq!(status("5"), Some(("NOT_FOUND", ClientError)));
        assert_eq!(status("0"), Some(("OK", Ok)));
        assert_eq!(status("17"), None);
        assert_eq!(status("-1"), None);
        assert_eq!(status("teapot"), None);
    }
}
