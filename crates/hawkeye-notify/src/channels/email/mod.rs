//! E-mail by SMTP: a message with text, HTML and the first alert's chart, sent to a checked address.

mod mail;
mod smtp;
mod stream;

pub(crate) use smtp::{Server, send};

use lettre::message::Mailbox;

/// Longer is no address (RFC 5321: 64 + @ + 255), with some room for a name.
const ADDRESS_LENGTH_MAX: usize = 420;

/// `me@example.com` or `Name <me@example.com>`.
pub(crate) fn mailbox(text: &str) -> Result<Mailbox, &'static str> {
    if text.len() > ADDRESS_LENGTH_MAX || text.chars().any(char::is_control) {
        return Err("is no e-mail address");
    }
    text.trim().parse().map_err(|_| "is no e-mail address; write it as name@example.com")
}
