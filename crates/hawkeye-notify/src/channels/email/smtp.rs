//! One SMTP conversation: the host is resolved and checked, the connection goes to a checked address, and TLS asks for
//! the host's name.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use super::{mail, stream};
use crate::address::{Gate, GateError};
use crate::channel::SmtpSecurity;
use crate::http::refused;
use crate::notification::Notification;
use crate::outcome::Outcome;
use crate::text;
use crate::tls::Trust;

/// Addresses of a host that are tried before giving up on this attempt.
const ADDRESSES_TRIED_MAX: usize = 3;

const REASON_CHARS_MAX: usize = 160;

pub(crate) struct Server<'a> {
    pub host: &'a str,
    pub port: u16,
    pub security: SmtpSecurity,
    pub credentials: Option<(&'a str, &'a str)>,
    /// How we introduce ourselves.
    pub hello: ClientId,
    pub timeout: Duration,
}

/// Sends one mail to all recipients. `from` and `to` have been checked.
pub(crate) async fn send(
    gate: &Gate,
    trust: &Trust,
    server: &Server<'_>,
    from: Mailbox,
    to: &[Mailbox],
    notification: &Notification,
    now_ms: i64,
) -> Outcome {
    let conversation = async {
        let mail = mail::mail(from.clone(), to, notification, now_ms)
            .map_err(|error| refused(format!("the mail cannot be written: {}", text::line(&error, 100))))?;
        let mut connection = connect(gate, trust, server).await?;
        let sent = converse(&mut connection, server, from, to, &mail.formatted()).await;
        if sent.is_ok() {
            // The mail is theirs; how they say goodbye does not matter.
            connection.quit().await.map(drop).unwrap_or_default();
        } else {
            connection.abort().await;
        }
        sent
    };
    match tokio::time::timeout(server.timeout, conversation).await {
        Ok(Ok(outcome) | Err(outcome)) => outcome,
        Err(_) => Outcome::Retry {
            after: None,
            error: "the mail server did not answer in time".to_owned(),
            status: None,
        },
    }
}

async fn connect(gate: &Gate, trust: &Trust, server: &Server<'_>) -> Result<AsyncSmtpConnection, Outcome> {
    let addresses = gate.resolve(server.host).await.map_err(|error| match error {
        GateError::Forbidden(forbidden) => refused(forbidden.to_string()),
        GateError::Unresolved => Outcome::Retry { after: None, error: error.to_string(), status: None },
    })?;
    let tried = addresses.len().min(ADDRESSES_TRIED_MAX);
    // One address that does not answer leaves time for the next.
    let patience = server.timeout / u32::try_from(tried).unwrap_or(1).max(1);
    let mut failure = unconnected("the host has no address");
    for address in addresses.into_iter().take(tried) {
        match tokio::time::timeout(patience, open(trust, server, address)).await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(outcome)) => failure = outcome,
            Err(_) => failure = unconnected("the mail server did not answer in time"),
        }
    }
    Err(failure)
}

/// Connected and greeted, and secured if that was asked for.
async fn open(trust: &Trust, server: &Server<'_>, address: IpAddr) -> Result<AsyncSmtpConnection, Outcome> {
    let host = server.host;
    let stream = match server.security {
        SmtpSecurity::Tls => {
            let config = Arc::clone(trust.client_config());
            stream::secured(address, server.port, host, config).await.map_err(|error| {
                let reason = text::line(&error.to_string(), REASON_CHARS_MAX);
                unconnected(&format!("no trusted connection to the mail server ({reason})"))
            })?
        }
        SmtpSecurity::Starttls | SmtpSecurity::None => stream::plain(address, server.port)
            .await
            .map_err(|_| unconnected("no connection to the mail server"))?,
    };
    let greeted = AsyncSmtpConnection::connect_with_transport(stream, &server.hello).await;
    let mut connection = greeted.map_err(|error| outcome(&error))?;
    if server.security == SmtpSecurity::Starttls {
        let parameters = trust.smtp_parameters(host).map_err(|error| outcome(&error))?;
        connection.starttls(parameters, &server.hello).await.map_err(|error| unsecured(&error))?;
    }
    Ok(connection)
}

/// What the server said, or else why it is not trusted.
fn unsecured(error: &SmtpError) -> Outcome {
    if error.status().is_some() || error.is_client() || error.is_timeout() {
        return outcome(error);
    }
    let reason = std::error::Error::source(error).map_or_else(String::new, ToString::to_string);
    let reason = text::line(&reason, REASON_CHARS_MAX);
    unconnected(&format!("no trusted connection to the mail server ({reason})"))
}

fn unconnected(error: &str) -> Outcome {
    Outcome::Retry { after: None, error: error.to_owned(), status: None }
}

async fn converse(
    connection: &mut AsyncSmtpConnection,
    server: &Server<'_>,
    from: Mailbox,
    to: &[Mailbox],
    mail: &[u8],
) -> Result<Outcome, Outcome> {
    let failed = |error: SmtpError| outcome(&error);
    if let Some((username, password)) = server.credentials {
        let credentials = Credentials::new(username.to_owned(), password.to_owned());
        connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await.map_err(failed)?;
    }
    connection.command(Mail::new(Some(from.email), Vec::new())).await.map_err(failed)?;
    let mut accepted = 0_usize;
    let mut refusal = None;
    for mailbox in to {
        match connection.command(Rcpt::new(mailbox.email.clone(), Vec::new())).await {
            Ok(_) => accepted += 1,
            // One recipient that is no more must not keep the others from hearing.
            Err(error) if error.is_permanent() => refusal = Some(outcome(&error)),
            Err(error) => return Err(outcome(&error)),
        }
    }
    if let Some(refusal) = refusal {
        if accepted == 0 {
            return Err(refusal);
        }
        tracing::warn!(refused = to.len() - accepted, accepted, "the mail server refuses some recipients");
    }
    connection.command(Data).await.map_err(failed)?;
    let response = connection.message(mail).await.map_err(failed)?;
    Ok(Outcome::Delivered { status: Some(response.code().into()), memory: None })
}

fn outcome(error: &SmtpError) -> Outcome {
    let status = error.status().map(u16::from);
    let reason =
        std::error::Error::source(error).map(|cause| text::line(&cause.to_string(), REASON_CHARS_MAX));
    let error_with = |meaning: &str| match (&reason, status) {
        (Some(reason), Some(status)) => format!("{meaning} (status {status}: {reason})"),
        (Some(reason), None) => format!("{meaning} ({reason})"),
        (None, Some(status)) => format!("{meaning} (status {status})"),
        (None, None) => meaning.to_owned(),
    };
    match () {
        () if error.is_permanent() => {
            Outcome::Refused { error: error_with("the mail server refuses"), status }
        }
        () if error.is_client() => {
            Outcome::Refused { error: error_with("the mail server cannot do what is asked"), status }
        }
        () if error.is_timeout() => {
            Outcome::Retry { after: None, error: "the mail server did not answer in time".to_owned(), status }
        }
        () if error.is_tls() => {
            Outcome::Retry { after: None, error: error_with("no trusted connection"), status }
        }
        () if error.is_transient() => {
            Outcome::Retry { after: None, error: error_with("the mail server asks to come back"), status }
        }
        () => Outcome::Retry {
            after: None,
            error: "no connection to the mail server, or it broke".to_owned(),
            status,
        },
    }
}
