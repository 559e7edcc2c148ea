//! Matchers on labels in Alertmanager's words: `severity="critical"`, `route!=/health`, `region=~"eu-.*"`.
//!
//! Regular expressions are anchored and of linear cost (the `regex` crate). A missing label is an empty one.

use std::fmt;
use std::str::FromStr;

use regex::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rule::Labels;

/// A longer pattern is a mistake.
const PATTERN_LENGTH_MAX: usize = 1_000;

/// What one compiled pattern may take.
const REGEX_SIZE_BYTES_MAX: usize = 1 << 20;

/// One condition on one label.
#[derive(Debug, Clone)]
pub struct Matcher {
    pub label: String,
    pub operator: Operator,
    pub value: String,
    regex: Option<Regex>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    Equal,
    NotEqual,
    Matches,
    NotMatches,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatcherError {
    #[error("`{0}` is no matcher; write label=value, label!=value, label=~pattern or label!~pattern")]
    Form(String),
    #[error("`{0}` is no label name; use letters, digits and _")]
    Label(String),
    #[error("the pattern `{0}` cannot be read: {1}")]
    Pattern(String, String),
    #[error("a matcher's value has more than {PATTERN_LENGTH_MAX} bytes")]
    Long,
}

impl Operator {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Matches => "=~",
            Self::NotMatches => "!~",
        }
    }
}

impl Matcher {
    /// # Errors
    /// When the name is none, or the pattern cannot be compiled.
    pub fn new(label: &str, operator: Operator, value: &str) -> Result<Self, MatcherError> {
        let is_name = !label.is_empty()
            && label.len() <= 128
            && !label.starts_with(|c: char| c.is_ascii_digit())
            && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ':'));
        if !is_name {
            return Err(MatcherError::Label(label.into()));
        }
        if value.len() > PATTERN_LENGTH_MAX {
            return Err(MatcherError::Long);
        }
        let regex = match operator {
            Operator::Equal | Operator::NotEqual => None,
            Operator::Matches | Operator::NotMatches => Some(
                regex::RegexBuilder::new(&format!("^(?:{value})$"))
                    .size_limit(REGEX_SIZE_BYTES_MAX)
                    .dot_matches_new_line(true)
                    .build()
                    .map_err(|error| MatcherError::Pattern(value.into(), last_line(&error)))?,
            ),
        };
        Ok(Self { label: label.into(), operator, value: value.into(), regex })
    }

    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        let found = labels.get(&self.label).map_or("", String::as_str);
        let is_match = self.regex.as_ref().map_or(found == self.value, |regex| regex.is_match(found));
        is_match == matches!(self.operator, Operator::Equal | Operator::Matches)
    }
}

/// Nothing but the rule that an empty list matches everything.
#[must_use]
pub fn all_match(matchers: &[Matcher], labels: &Labels) -> bool {
    matchers.iter().all(|matcher| matcher.matches(labels))
}

fn last_line(error: &regex::Error) -> String {
    error.to_string().lines().last().unwrap_or_default().trim().to_owned()
}

impl FromStr for Matcher {
    type Err = MatcherError;

    fn from_str(text: &str) -> Result<Self, MatcherError> {
        let text = text.trim();
        let at = text.find(['=', '!']).ok_or_else(|| MatcherError::Form(text.into()))?;
        let (label, rest) = text.split_at(at);
        let operators = [
            ("=~", Operator::Matches),
            ("!~", Operator::NotMatches),
            ("!=", Operator::NotEqual),
            ("=", Operator::Equal),
        ];
        let (operator, value) = operators
            .into_iter()
            .find_map(|(sign, operator)| rest.strip_prefix(sign).map(|value| (operator, value.trim())))
            .ok_or_else(|| MatcherError::Form(text.into()))?;
        Self::new(label.trim(), operator, &unquoted(value).ok_or_else(|| MatcherError::Form(text.into()))?)
    }
}

/// Without the quotes around it, if there are any; `\"`, `\\` and `\n` are understood inside.
fn unquoted(value: &str) -> Option<String> {
    let Some(inner) = value.strip_prefix('"') else { return Some(value.to_owned()) };
    let mut text = String::new();
    let mut rest = inner.chars();
    loop {
        match rest.next()? {
            '"' => return rest.next().is_none().then_some(text),
            '\\' => match rest.next()? {
                'n' => text.push('\n'),
                c @ ('"' | '\\') => text.push(c),
                // A pattern's own escape: `\d`.
                other => text.extend(['\\', other]),
            },
            c => text.push(c),
        }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        write!(f, "{}{}\"{value}\"", self.label, self.operator.as_str())
    }
}

impl Default for Matcher {
    /// Matches everything: a label nobody has is empty.
    fn default() -> Self {
        Self { label: "_".into(), operator: Operator::Equal, value: String::new(), regex: None }
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        (&self.label, self.operator, &self.value) == (&other.label, other.operator, &other.value)
    }
}

impl Serialize for Matcher {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Matcher {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

impl utoipa::ToSchema for Matcher {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        let labels: Labels = [("severity", "critical"), ("route", "/a\"b"), ("empty", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let matcher: Matcher = text.parse().expect(text);
        assert_eq!(matcher.matches(&labels), expected, "{text}");
        let again: Matcher = matcher.to_string().parse().expect("what is written can be read");
        assert_eq!(again, matcher);
    }

    #[test]
    fn alertmanagers_words_are_understood() {
        check("severity=critical", true);
        check("severity = \"critical\"", true);
        check("severity!=critical", false);
        check("severity=~crit.*", true);
        check("severity=~crit", false);
        check("severity!~\"low|medium\"", true);
        check("route=\"/a\\\"b\"", true);
        check("missing=\"\"", true);
        check("missing!=\"\"", false);
        check("empty=~.*", true);
        check("route=~\"/a\\W.\"", true);
    }

    #[test]
    fn what_is_none_is_named() {
        for (text, expected) in [
            ("severity", "is no matcher"),
            ("=x", "is no label name"),
            ("a!x", "is no matcher"),
            ("a=\"x", "is no matcher"),
            ("a=~(", "cannot be read"),
        ] {
            let error = text.parse::<Matcher>().expect_err(text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
