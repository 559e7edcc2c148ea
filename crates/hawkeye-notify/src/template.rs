//! The user's own template for a webhook's body. Every value is written as JSON, quotation marks included, so that a
//! label can never change the shape: `{"text": {{ title }}, "where": {{ common_labels.endpoint }}}`.

use std::io;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use crate::notification::Notification;

/// A longer template is a mistake.
pub(crate) const TEMPLATE_BYTES_MAX: usize = 64 * 1_024;

/// A longer output is an error, not cut: half a JSON document helps nobody.
pub(crate) const OUTPUT_BYTES_MAX: usize = 512 * 1_024;

/// Steps a template may take; one that lists a hundred alerts takes a few thousand.
const FUEL: u64 = 200_000;

/// Deep nesting of the template itself.
const RECURSION_MAX: usize = 50;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("it has more than {TEMPLATE_BYTES_MAX} bytes")]
    Long,
    #[error("{0}")]
    Wrong(String),
    #[error("its output has more than {OUTPUT_BYTES_MAX} bytes")]
    Output,
    #[error("its output is not JSON ({0}); values come with their own quotation marks")]
    NotJson(String),
}

pub(crate) fn compiles(source: &str) -> Result<(), TemplateError> {
    if source.len() > TEMPLATE_BYTES_MAX {
        return Err(TemplateError::Long);
    }
    environment().template_from_named_str("template", source).map(|_| ()).map_err(|error| wrong(&error))
}

pub(crate) fn render(source: &str, notification: &Notification) -> Result<String, TemplateError> {
    compiles(source)?;
    let environment = environment();
    let template = environment.template_from_named_str("template", source).map_err(|error| wrong(&error))?;
    let mut output = Limited { bytes: Vec::new(), is_full: false };
    let rendered = template.render_captured_to(minijinja::value::Serde(notification), &mut output);
    if output.is_full {
        return Err(TemplateError::Output);
    }
    rendered.map_err(|error| wrong(&error))?;
    let text = String::from_utf8(output.bytes).map_err(|error| TemplateError::NotJson(error.to_string()))?;
    let check: Result<serde::de::IgnoredAny, _> = serde_json::from_str(&text);
    check.map_err(|error| TemplateError::NotJson(error.to_string()))?;
    Ok(text)
}

fn environment<'a>() -> Environment<'a> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Json);
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(RECURSION_MAX);
    // These let a value out as it is.
    environment.remove_filter("safe");
    environment.remove_filter("escape");
    environment.remove_filter("e");
    environment
}

/// The kind and place, in one line; the template's text is the user's own.
fn wrong(error: &minijinja::Error) -> TemplateError {
    let place = error.line().map(|line| format!(" in line {line}")).unwrap_or_default();
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    TemplateError::Wrong(crate::text::line(&format!("{}{detail}{place}", error.kind()), 200))
}

struct Limited {
    bytes: Vec<u8>,
    is_full: bool,
}

impl io::Write for Limited {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + buffer.len() > OUTPUT_BYTES_MAX {
            self.is_full = true;
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.bytes.extend_from_slice(buffer);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::samples;

    #[test]
    fn values_are_json_whatever_is_in_them() {
        let mut notification = samples::firing();
        notification.title = "a \"b\"\r\n{{ key }} </script>".to_owned();
        let text = render(
            r#"{"text": {{ title }}, "n": {{ firing_total }}, "none": {{ nothing.at.all }}}"#,
            &notification,
        );
        let text = text.unwrap_or_else(|error| panic!("{error}"));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["text"], notification.title);
    }

    #[test]
    fn lists_and_labels() {
        let source = r#"[{% for alert in alerts %}{{ alert.labels.endpoint }}{% if not loop.last %},{% endif %}{% endfor %}]"#;
        assert_eq!(render(source, &samples::firing()).unwrap(), r#"["POST /orders"]"#);
    }

    #[test]
    fn what_goes_wrong_is_named() {
        let cases = [
            ("{{ title", "in line 1"),
            ("{\"a\": \"{{ title }}\"}", "not JSON"),
            ("{{ title|safe }}", "safe"),
            ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", "fuel"),
            ("{% for i in range(9000) %}\"{{ alerts }}\"{% endfor %}", "more than"),
            ("{% include 'x' %}", "x"),
        ];
        for (source, expected) in cases {
            let error = render(source, &samples::firing()).unwrap_err().to_string();
            assert!(error.contains(expected), "{source}: {error}");
        }
    }
}
