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
    let mailbox: Mailbox =
        text.trim().parse().map_err(|_| "is no e-mail address; write it as name@example.com")?;
    if !mailbox.email.to_string().is_ascii() {
        return Err("has letters that not every mail server takes; write the domain in its xn-- form");
    }
    Ok(mailbox)
}
