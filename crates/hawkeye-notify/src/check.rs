//! Says what is wrong with a channel before anything is sent to it, and where.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::channel::{Channel, ChannelError, ChannelKind, Secrets, SmtpSecurity, WebhookFormat};
use crate::channels::email;
use crate::http::web_url;
use crate::{signature, template};

const ID_LENGTH_MAX: usize = 64;
const NAME_CHARS_MAX: usize = 200;
const URL_LENGTH_MAX: usize = 2_000;
const RECIPIENTS_MAX: usize = 50;
const HEADERS_MAX: usize = 32;
const HEADER_VALUE_LENGTH_MAX: usize = 2_000;
const SECRET_LENGTH_MAX: usize = 4_096;

/// Set by us, or by whoever carries the request: not the channel's to choose.
const HEADERS_RESERVED: [&str; 17] = [
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

impl Channel {
    /// The first thing wrong with the document.
    pub fn check(&self) -> Result<(), ChannelError> {
        let is_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
        if self.id.is_empty() || self.id.len() > ID_LENGTH_MAX || !self.id.chars().all(is_slug) {
            return wrong("id", "use 1 to 64 lower-case letters, digits, -, _ and .");
        }
        if self.name.trim().is_empty() || self.name.chars().count() > NAME_CHARS_MAX {
            return wrong("name", "give it a name of at most 200 characters");
        }
        if self.name.chars().any(char::is_control) {
            return wrong("name", "must be one line");
        }
        self.kind.check()
    }
}

impl ChannelKind {
    fn check(&self) -> Result<(), ChannelError> {
        match self {
            Self::Email { smtp_host, smtp_port, security, username, from, to } => {
                check_host(smtp_host)?;
                if *smtp_port == 0 {
                    return wrong("kind.smtp_port", "must be 1 to 65535");
                }
                check_username(username.as_deref(), *security)?;
                check_mailbox("kind.from", from)?;
                check_recipients(to)
            }
            Self::Slack { channel, api_url } => {
                let is_wrong = channel.is_empty()
                    || channel.len() > 100
                    || channel.chars().any(|c| c.is_whitespace() || c.is_control());
                if is_wrong {
                    return wrong("kind.channel", "give the channel's id (C0123456789) or name");
                }
                check_optional_url("kind.api_url", api_url.as_deref())
            }
            Self::Webhook { url, format, template, headers } => {
                check_url("kind.url", url)?;
                check_template(*format, template.as_deref())?;
                check_headers(headers)
            }
            Self::PagerDuty { api_url } | Self::Opsgenie { api_url } => {
                check_optional_url("kind.api_url", api_url.as_deref())
            }
            Self::Alertmanager { url } => {
                check_url("kind.url", url)?;
                if url.contains(['?', '#']) {
                    return wrong(
                        "kind.url",
                        "must be the address that /api/v2/alerts follows, without ? and #",
                    );
                }
                Ok(())
            }
            Self::SlackWebhook {} | Self::Teams {} | Self::Discord {} => Ok(()),
        }
    }

    /// What is wrong with the secrets, without naming their values: one missing, unknown, or of the wrong form.
    pub fn check_secrets(&self, secrets: &Secrets) -> Result<(), ChannelError> {
        if let Some(name) = self.missing_secrets(secrets).first() {
            return wrong(&format!("secrets.{name}"), "is needed");
        }
        let names = self.secret_names();
        for (name, value) in secrets {
            let field = format!("secrets.{name}");
            if !names.required.contains(&name.as_str()) && !names.optional.contains(&name.as_str()) {
                return wrong(&field, "is no secret of this kind of channel");
            }
            if value.len() > SECRET_LENGTH_MAX || value.chars().any(char::is_control) {
                return wrong(&field, "must be one line of at most 4096 bytes");
            }
            match name.as_str() {
                "url" => check_url(&field, value)?,
                "signing_secret" if !value.is_empty() => {
                    drop(signature::keys(value).or_else(|problem| wrong(&field, problem))?)
                }
                "token" | "bearer_token" | "api_key" | "routing_key"
                    if !value.bytes().all(|byte| byte.is_ascii_graphic()) =>
                {
                    return wrong(&field, "must consist of letters, digits and signs, without blanks");
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn check_host(host: &str) -> Result<(), ChannelError> {
    const FIELD: &str = "kind.smtp_host";
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let is_host =
        host.parse::<IpAddr>().is_ok() || (host.chars().all(is_name) && !host.starts_with(['-', '.']));
    if host.is_empty() || host.len() > 253 || !is_host {
        return wrong(FIELD, "must be a host's name, such as smtp.example.com, without a port");
    }
    Ok(())
}

fn check_username(username: Option<&str>, security: SmtpSecurity) -> Result<(), ChannelError> {
    const FIELD: &str = "kind.username";
    match username {
        Some("") => wrong(FIELD, "is empty; leave it out to send without logging in"),
        Some(name) if name.len() > 320 || name.chars().any(char::is_control) => {
            wrong(FIELD, "must be one line of at most 320 bytes")
        }
        Some(_) if security == SmtpSecurity::None => {
            wrong("kind.security", "a password would cross the network in the clear; use tls or starttls")
        }
        _ => Ok(()),
    }
}

fn check_recipients(to: &[String]) -> Result<(), ChannelError> {
    if to.is_empty() {
        return wrong("kind.to", "name at least one recipient");
    }
    if to.len() > RECIPIENTS_MAX {
        return wrong("kind.to", "name at most 50 recipients, or a mailing list");
    }
    for (index, address) in to.iter().enumerate() {
        check_mailbox(&format!("kind.to[{index}]"), address)?;
    }
    Ok(())
}

fn check_mailbox(field: &str, address: &str) -> Result<(), ChannelError> {
    email::mailbox(address).map(drop).or_else(|problem| wrong(field, problem))
}

fn check_url(field: &str, url: &str) -> Result<(), ChannelError> {
    if url.len() > URL_LENGTH_MAX {
        return wrong(field, "has more than 2000 bytes");
    }
    web_url(url).map(drop).or_else(|problem| wrong(field, problem))
}

fn check_optional_url(field: &str, url: Option<&str>) -> Result<(), ChannelError> {
    url.map_or(Ok(()), |url| check_url(field, url))
}

fn check_template(format: WebhookFormat, template: Option<&str>) -> Result<(), ChannelError> {
    const FIELD: &str = "kind.template";
    match (format, template) {
        (WebhookFormat::Template, None | Some("")) => wrong(FIELD, "is needed for the format template"),
        (WebhookFormat::Template, Some(source)) => {
            template::compiles(source).or_else(|error| wrong(FIELD, &error.to_string()))
        }
        (_, Some(_)) => wrong(FIELD, "is used with the format template only"),
        (_, None) => Ok(()),
    }
}

fn check_headers(headers: &BTreeMap<String, String>) -> Result<(), ChannelError> {
    if headers.len() > HEADERS_MAX {
        return wrong("kind.headers", "has more than 32 headers");
    }
    for (name, value) in headers {
        let field = format!("kind.headers.{}", crate::text::line(name, 60));
        let lower = name.to_ascii_lowercase();
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || name.len() > 100 || !name.bytes().all(is_token) {
            return wrong(&field, "is no header's name");
        }
        if lower == "authorization" || lower == "cookie" {
            return wrong(&field, "would be stored readable; use the secret bearer_token");
        }
        if HEADERS_RESERVED.contains(&lower.as_str()) || lower.starts_with("webhook-") {
            return wrong(&field, "is set by Hawkeye");
        }
        if value.len() > HEADER_VALUE_LENGTH_MAX
            || !value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
        {
            return wrong(&field, "must be one line of at most 2000 ASCII characters");
        }
    }
    Ok(())
}

fn wrong<T>(field: &str, message: &str) -> Result<T, ChannelError> {
    Err(ChannelError { field: field.to_owned(), message: message.to_owned() })
}
