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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(kind: Value, expected: Option<&str>) {
        let document = json!({"id": "a", "name": "A", "kind": kind});
        let found = match serde_json::from_value::<Channel>(document) {
            Ok(channel) => channel.check().map_err(|error| error.field),
            Err(error) => Err(format!("document: {error}")),
        };
        match expected {
            None => assert_eq!(found, Ok(()), "{kind}"),
            Some(field) => assert!(found.as_ref().is_err_and(|f| f.starts_with(field)), "{kind}: {found:?}"),
        }
    }

    fn mail(change: Value) -> Value {
        let mut mail = json!({"type": "email", "smtp_host": "smtp.example.com", "smtp_port": 587,
            "from": "Hawkeye <h@example.com>", "to": ["a@example.com"]});
        for (name, value) in change.as_object().unwrap() {
            mail[name] = value.clone();
        }
        mail
    }

    #[test]
    fn mail_channels() {
        check(mail(json!({})), None);
        check(mail(json!({"security": "tls", "username": "u"})), None);
        check(mail(json!({"smtp_host": "::1"})), None);
        let cases = [
            (json!({"smtp_host": ""}), "kind.smtp_host"),
            (json!({"smtp_host": "smtp.example.com:25"}), "kind.smtp_host"),
            (json!({"smtp_host": "http://x"}), "kind.smtp_host"),
            (json!({"smtp_port": 0}), "kind.smtp_port"),
            (json!({"from": "nobody"}), "kind.from"),
            (json!({"from": "a@example.com\r\nBcc: b@example.com"}), "kind.from"),
            (json!({"to": []}), "kind.to"),
            (json!({"to": ["a@müller.example"]}), "kind.to[0]"),
            (json!({"to": vec!["a@example.com"; 51]}), "kind.to"),
            (json!({"to": ["a@example.com", "b@"]}), "kind.to[1]"),
            (json!({"to": ["a@example.com, b@example.com"]}), "kind.to[0]"),
            (json!({"username": ""}), "kind.username"),
            (json!({"username": "u", "security": "none"}), "kind.security"),
            (json!({"password": "x"}), "document: unknown field `password`"),
            (json!({"security": "ssl"}), "document"),
        ];
        for (change, field) in cases {
            check(mail(change), Some(field));
        }
    }

    #[test]
    fn web_channels() {
        let webhook = |change: Value| {
            let mut webhook = json!({"type": "webhook", "url": "https://a.example/hook"});
            for (name, value) in change.as_object().unwrap() {
                webhook[name] = value.clone();
            }
            webhook
        };
        check(webhook(json!({"headers": {"X-Team": "shop"}})), None);
        check(webhook(json!({"format": "template", "template": "{\"t\": {{ title }}}"})), None);
        let cases = [
            (json!({"url": "ftp://a.example"}), "kind.url"),
            (json!({"url": "https://u:p@a.example"}), "kind.url"),
            (json!({"url": "a.example"}), "kind.url"),
            (json!({"format": "template"}), "kind.template"),
            (json!({"format": "template", "template": "{{ title"}), "kind.template"),
            (json!({"template": "x"}), "kind.template"),
            (json!({"headers": {"Host": "x"}}), "kind.headers.Host"),
            (json!({"headers": {"content-length": "0"}}), "kind.headers.content-length"),
            (json!({"headers": {"Transfer-Encoding": "chunked"}}), "kind.headers"),
            (json!({"headers": {"Webhook-Id": "x"}}), "kind.headers"),
            (json!({"headers": {"Authorization": "x"}}), "kind.headers"),
            (json!({"headers": {"a b": "x"}}), "kind.headers"),
            (json!({"headers": {"": "x"}}), "kind.headers"),
            (json!({"headers": {"x-a": "1\r\nx-b: 2"}}), "kind.headers.x-a"),
        ];
        for (change, field) in cases {
            check(webhook(change), Some(field));
        }
        check(json!({"type": "slack", "channel": "#alerts"}), None);
        check(json!({"type": "slack", "channel": "a b"}), Some("kind.channel"));
        check(json!({"type": "slack", "channel": "a", "api_url": "x"}), Some("kind.api_url"));
        check(json!({"type": "pager_duty"}), None);
        check(json!({"type": "opsgenie", "api_url": "https://api.eu.opsgenie.com"}), None);
        check(json!({"type": "teams"}), None);
        check(json!({"type": "teams", "url": "https://x"}), Some("document: unknown field"));
        check(json!({"type": "alertmanager", "url": "http://am:9093?x"}), Some("kind.url"));
    }

    #[test]
    fn secrets_have_names_and_forms() {
        let cases = [
            (ChannelKind::Teams {}, vec![("url", "https://a.example")], None),
            (ChannelKind::Teams {}, vec![], Some("secrets.url")),
            (ChannelKind::Teams {}, vec![("url", "")], Some("secrets.url")),
            (ChannelKind::Teams {}, vec![("url", "file:///CANARY")], Some("secrets.url")),
            (ChannelKind::Teams {}, vec![("url", "https://a.example"), ("x", "CANARY")], Some("secrets.x")),
            (
                ChannelKind::PagerDuty { api_url: None },
                vec![("routing_key", "CANARY a")],
                Some("secrets.routing_key"),
            ),
            (
                ChannelKind::Opsgenie { api_url: None },
                vec![("api_key", "CANARY\r\nx: y")],
                Some("secrets.api_key"),
            ),
        ];
        for (kind, given, expected) in cases {
            let secrets =
                given.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let found = kind.check_secrets(&secrets);
            assert_eq!(found.as_ref().err().map(|error| error.field.as_str()), expected);
            assert!(!format!("{found:?}").contains("CANARY"));
        }
    }
}
