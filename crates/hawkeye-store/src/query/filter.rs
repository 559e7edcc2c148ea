//! Which requests a question is about.

use datafusion::logical_expr::expr::Like;
use datafusion::logical_expr::{Expr, col, lit};
use hawkeye_model::{EndpointId, Provider};

/// Empty lists let everything pass; different fields must all match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    pub environments: Vec<EnvironmentPattern>,
    pub endpoints: Vec<EndpointId>,
    pub services: Vec<String>,
    pub methods: Vec<String>,
    pub versions: Vec<String>,
    pub statuses: Vec<StatusPattern>,
    /// Every word must occur in the service, the method or the route; case does not matter.
    pub text: String,
}

/// `aws`, `aws/production` or `aws/production/eu-west-1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EnvironmentPattern {
    pub provider: Provider,
    pub deployment: Option<String>,
    pub region: Option<String>,
}

/// `5xx` or `503`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatusPattern {
    /// The first digit.
    Class(u16),
    Code(u16),
}

impl EnvironmentPattern {
    /// `None` when the provider is unknown or there are more than three parts.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let name = parts.next().filter(|name| !name.is_empty())?;
        let provider = Provider::ALL.into_iter().find(|provider| provider.as_str() == name)?;
        let mut part = || parts.next().map(String::from);
        let (deployment, region) = (part(), part());
        parts.next().is_none().then_some(Self { provider, deployment, region })
    }
}

impl StatusPattern {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(class) = text.strip_suffix("xx") {
            return class.parse().ok().filter(|class| (1..=5).contains(class)).map(Self::Class);
        }
        text.parse().ok().filter(|code| *code < 1_000).map(Self::Code)
    }
}

impl Filter {
    /// Whether rollups cannot answer because they do not keep latencies per status.
    pub(crate) fn needs_requests(&self) -> bool {
        !self.statuses.is_empty()
    }

    /// `None` when everything passes.
    pub(crate) fn expression(&self) -> Option<Expr> {
        let ids: Vec<Expr> = self.endpoints.iter().map(|id| lit(id.0)).collect();
        let words = self
            .text
            .split_whitespace()
            .map(|word| any(["service", "method", "route"].map(|column| contains(column, word))));
        all([
            any(self.environments.iter().map(EnvironmentPattern::expression)),
            (!ids.is_empty()).then(|| col("endpoint_id").in_list(ids, false)),
            one_of("service", &self.services),
            one_of("method", &self.methods),
            one_of("version", &self.versions),
            any(self.statuses.iter().map(|status| status.expression())),
        ]
        .into_iter()
        .chain(words)
        .flatten())
    }
}

impl EnvironmentPattern {
    fn expression(&self) -> Expr {
        let is = |column: &str, value: &str| col(column).eq(lit(value));
        let parts = [("deployment", &self.deployment), ("region", &self.region)];
        parts.into_iter().fold(
            is("provider", self.provider.as_str()),
            |expression, (column, part)| match part {
                Some(value) => expression.and(is(column, value)),
                None => expression,
            },
        )
    }
}

impl StatusPattern {
    fn expression(self) -> Expr {
        match self {
            Self::Code(code) => col("status_code").eq(lit(code)),
            Self::Class(class) => {
                col("status_code").gt_eq(lit(class * 100)).and(col("status_code").lt(lit((class + 1) * 100)))
            }
        }
    }
}

pub(crate) fn one_of(column: &str, values: &[String]) -> Option<Expr> {
    (!values.is_empty())
        .then(|| col(column).in_list(values.iter().map(|value| lit(value.as_str())).collect(), false))
}

fn contains(column: &str, word: &str) -> Expr {
    let mut pattern = String::from("%");
    for letter in word.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    Expr::Like(Like::new(false, Box::new(col(column)), Box::new(lit(pattern)), Some('\\'), true))
}

pub(crate) fn all(expressions: impl IntoIterator<Item = Expr>) -> Option<Expr> {
    balanced(expressions.into_iter().collect(), Expr::and)
}

pub(crate) fn any(expressions: impl IntoIterator<Item = Expr>) -> Option<Expr> {
    balanced(expressions.into_iter().collect(), Expr::or)
}

/// A tree of logarithmic depth: the planner walks expressions recursively, and a long chain would exhaust its stack.
fn balanced(mut expressions: Vec<Expr>, join: fn(Expr, Expr) -> Expr) -> Option<Expr> {
    while expressions.len() > 1 {
        let mut pairs = expressions.into_iter();
        let mut joined = Vec::new();
        while let Some(left) = pairs.next() {
            joined.push(match pairs.next() {
                Some(right) => join(left, right),
                None => left,
            });
        }
        expressions = joined;
    }
    expressions.pop()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(filter: Filter, expected: &str) {
        assert_eq!(filter.expression().map(|it| it.to_string()).unwrap_or_default(), expected);
    }

    #[test]
    fn nothing_asked_lets_everything_pass() {
        check(Filter::default(), "");
    }

    #[test]
    fn environments_match_by_their_leading_parts() {
        let environments = ["aws", "gcp/production"].map(|text| EnvironmentPattern::parse(text).unwrap());
        check(
            Filter { environments: environments.into(), ..Filter::default() },
            r#"provider = Utf8("aws") OR provider = Utf8("gcp") AND deployment = Utf8("production")"#,
        );
    }

    #[test]
    fn wildcards_in_a_search_are_plain_letters() {
        let expression = contains("route", r"50%_\").to_string();
        assert!(expression.contains(r"%50\%\_\\%"), "{expression}");
    }

    #[test]
    fn wrong_patterns_are_refused() {
        for wrong in ["", "mars", "aws/a/b/c", "/x"] {
            assert_eq!(EnvironmentPattern::parse(wrong), None, "{wrong}");
        }
        for wrong in ["", "6xx", "xx", "5x", "-1", "12345"] {
            assert_eq!(StatusPattern::parse(wrong), None, "{wrong}");
        }
        assert_eq!(StatusPattern::parse("5xx"), Some(StatusPattern::Class(5)));
        assert_eq!(StatusPattern::parse("404"), Some(StatusPattern::Code(404)));
    }
}
