//! A body as a whole: opening gzip within a limit, and why a body cannot be read.
//!
//! Single records that are wrong are [`Rejection`](crate::Rejection)s, not errors.

use std::io::{self, Read};

use flate2::bufread::MultiGzDecoder;

use crate::text::clean;

/// Nothing of the body could be taken.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    #[error("body is larger than {limit} bytes after decompression; send smaller batches")]
    TooLarge { limit: usize },
    /// Spans, attributes, events and so on, together.
    #[error("body holds more than {limit} messages; send smaller batches")]
    TooManyMessages { limit: usize },
    #[error("body is not valid gzip ({0}); compress it again or leave out Content-Encoding")]
    Gzip(io::Error),
    #[error("body is not a valid OTLP protobuf message ({0}); compare the Content-Type with the encoding")]
    Protobuf(prost::DecodeError),
    /// Both numbers start at 1; `column` counts bytes.
    #[error("body is not valid JSON at line {line}, column {column}: {message}")]
    Json { line: usize, column: usize, message: String },
}

impl From<serde_json::Error> for BodyError {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        Self::Json { line, column, message: json_message(&error) }
    }
}

/// Messages quote the text they complain about, which may be long.
const MESSAGE_LENGTH_BYTES_MAX: usize = 256;

/// serde_json's message without the position it appends.
pub(crate) fn json_message(error: &serde_json::Error) -> String {
    let full = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    clean(full.strip_suffix(&position).unwrap_or(&full), MESSAGE_LENGTH_BYTES_MAX).into_owned()
}

/// Opens gzip of one or several members. Stops as soon as more than `size_bytes_max` bytes came out,
/// and believes no length that the sender declares.
pub fn inflate(body: &[u8], size_bytes_max: usize) -> Result<Vec<u8>, BodyError> {
    let mut inflated = Vec::new();
    let read_max = (size_bytes_max as u64).saturating_add(1);
    MultiGzDecoder::new(body).take(read_max).read_to_end(&mut inflated).map_err(BodyError::Gzip)?;
    if inflated.len() > size_bytes_max {
        return Err(BodyError::TooLarge { limit: size_bytes_max });
    }
    Ok(inflated)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    fn deflate(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).expect("a Vec takes everything");
        encoder.finish().expect("a Vec takes everything")
    }

    #[test]
    fn members_are_joined() {
        let body = [deflate(b"one "), deflate(b"two")].concat();
        assert_eq!(inflate(&body, 100).expect("valid"), b"one two");
    }

    #[test]
    fn the_limit_itself_fits() {
        assert_eq!(inflate(&deflate(b"12345"), 5).expect("fits").len(), 5);
        assert!(matches!(inflate(&deflate(b"123456"), 5), Err(BodyError::TooLarge { limit: 5 })));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        // 64 MiB of zeros shrink about 1,000 times.
        let bomb = deflate(&vec![0; 64 << 20]);
        assert!(bomb.len() < 80_000, "{}", bomb.len());
        assert!(matches!(inflate(&bomb, 1 << 20), Err(BodyError::TooLarge { limit }) if limit == 1 << 20));
    }

    #[test]
    fn cut_off_and_foreign_bodies_are_errors() {
        let whole = deflate(b"a body that is long enough to be cut");
        for broken in [&whole[..whole.len() - 3], &whole[..5], b"", b"plain text"] {
            assert!(matches!(inflate(broken, 1_000), Err(BodyError::Gzip(_))), "{broken:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let headed = [&[0x1f, 0x8b, 8, 0][..], &body].concat();
            for body in [body, headed] {
                if let Ok(inflated) = inflate(&body, 1_000) {
                    prop_assert!(inflated.len() <= 1_000);
                }
            }
        }

        #[test]
        fn what_was_deflated_is_inflated(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(inflate(&deflate(&body), 300).expect("valid"), body);
        }
    }
}
