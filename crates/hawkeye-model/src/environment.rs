//! Where a request ran: provider, deployment and region.

use std::fmt;
use std::sync::Arc;

/// The deployment of a request that names none.
pub const DEFAULT_DEPLOYMENT: &str = "default";

/// Who runs the machines. A closed set, so that colours, icons and comparisons stay stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    Aws,
    Azure,
    Gcp,
    OnPremises,
    Other,
}

impl Provider {
    pub const ALL: [Self; 5] = [Self::Aws, Self::Azure, Self::Gcp, Self::OnPremises, Self::Other];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Gcp => "gcp",
            Self::OnPremises => "on_premises",
            Self::Other => "other",
        }
    }

    /// Reads the value of OpenTelemetry's `cloud.provider`, or one of our own names.
    /// Empty means on-premises: only clouds set the attribute.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        match value.trim().to_ascii_lowercase().as_str() {
            "aws" => Self::Aws,
            "azure" => Self::Azure,
            "gcp" => Self::Gcp,
            "" | "on_premises" | "on-premises" | "on_prem" | "on-prem" => Self::OnPremises,
            _ => Self::Other,
        }
    }
}

/// A provider's deployment in a region, shown as `aws/production/eu-west-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Environment {
    pub provider: Provider,
    /// `production`, `staging`, …; [`DEFAULT_DEPLOYMENT`] when the source names none.
    pub deployment: Arc<str>,
    /// Empty when the source names none.
    pub region: Arc<str>,
}

impl Environment {
    /// An empty deployment becomes [`DEFAULT_DEPLOYMENT`].
    /// A slash would make the displayed form ambiguous, so it becomes a dash.
    #[must_use]
    pub fn new(provider: Provider, deployment: &str, region: &str) -> Self {
        let deployment = if deployment.is_empty() { DEFAULT_DEPLOYMENT } else { deployment };
        Self { provider, deployment: without_slashes(deployment), region: without_slashes(region) }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider.as_str(), self.deployment)?;
        if !self.region.is_empty() {
            write!(f, "/{}", self.region)?;
        }
        Ok(())
    }
}

fn without_slashes(text: &str) -> Arc<str> {
    if text.contains('/') { text.replace('/', "-").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(provider: &str, deployment: &str, region: &str, shown: &str) {
        let environment = Environment::new(Provider::parse(provider), deployment, region);
        assert_eq!(environment.to_string(), shown);
    }

    #[test]
    fn clouds_are_shown_in_full() {
        check("aws", "production", "eu-west-1", "aws/production/eu-west-1");
    }

    #[test]
    fn no_cloud_means_on_premises() {
        check("", "", "", "on_premises/default");
    }

    #[test]
    fn unknown_clouds_are_other() {
        check("alibaba_cloud", "staging", "cn-hangzhou", "other/staging/cn-hangzhou");
    }

    #[test]
    fn slashes_cannot_forge_another_environment() {
        check("aws", "prod/eu", "a/b", "aws/prod-eu/a-b");
    }

    #[test]
    fn every_provider_survives_its_own_name() {
        for provider in Provider::ALL {
            assert_eq!(Provider::parse(provider.as_str()), provider);
        }
    }
}
