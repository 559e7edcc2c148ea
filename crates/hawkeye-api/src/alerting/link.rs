//! `/ack/{token}`: acknowledges from a message. Looking changes nothing, because mail scanners and chat previews
//! look, too; only the button does. No scripts, and every text is escaped.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hawkeye_engine::{EngineError, LinkView};

use crate::app::App;
use crate::error::Problem;

/// Alerts that the page lists.
const LISTED_MAX: usize = 20;

/// Who acknowledges by a link. Whom the message went to is in the link's notification.
const ACTOR: &str = "somebody by a link";

pub(crate) async fn look(State(app): State<Arc<App>>, Path(token): Path<String>) -> Response {
    let asked = token.clone();
    answer(app.engine.ask(move |engine| engine.look_at_link(&asked)).await, |view| match view {
        LinkView { is_used: true, .. } => {
            page(StatusCode::GONE, "Already acknowledged", "<p>This link was used before.</p>")
        }
        view if view.alerts.is_empty() => page(StatusCode::OK, &view.title, "<p>There is nothing to do.</p>"),
        view => {
            let items: String = view
                .alerts
                .iter()
                .take(LISTED_MAX)
                .map(|alert| format!("<li>{}</li>", escaped(&alert.summary)))
                .collect();
            let more = match view.alerts.len().saturating_sub(LISTED_MAX) {
                0 => String::new(),
                more => format!("<p>and {more} more</p>"),
            };
            let form = format!(
                "<ul>{items}</ul>{more}<form method=\"post\" action=\"/ack/{}\"><button>Acknowledge</button></form>",
                escaped(&token)
            );
            page(StatusCode::OK, &view.title, &form)
        }
    })
}

pub(crate) async fn acknowledge(State(app): State<Arc<App>>, Path(token): Path<String>) -> Response {
    answer(app.engine.ask(move |engine| engine.use_link(&token, ACTOR)).await, |view| {
        let n = view.alerts.len();
        page(
            StatusCode::OK,
            "Acknowledged",
            &format!("<p>{n} alert(s) acknowledged. Nobody else is told now.</p>"),
        )
    })
}

fn answer(outcome: Result<LinkView, EngineError>, page_of: impl FnOnce(LinkView) -> Response) -> Response {
    match outcome {
        Ok(view) => page_of(view),
        Err(EngineError::BadLink(why)) => {
            page(StatusCode::GONE, "This link does not work", &format!("<p>{}</p>", escaped(why)))
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

fn page(status: StatusCode, title: &str, content: &str) -> Response {
    let title = escaped(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{title}</title><main><h1>{title}</h1>{content}\
         <p><a href=\"/alerts\">All alerts</a></p></main></html>"
    );
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, html).into_response()
}

pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
