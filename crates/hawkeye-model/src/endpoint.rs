//! What is called (an endpoint) and where (a series), with ids that stay the same across restarts.
//!
//! Ids are XXH3-64 over length-prefixed fields, so that `("a", "bc")` and `("ab", "c")` differ.
//! With a million endpoints the chance of any two colliding is about 3 in 10⁸.

use std::fmt;
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3Default;

use crate::Environment;

/// The route that takes the requests of routes beyond a service's limit, so that names made by
/// clients cannot grow memory without end.
pub const OTHER_ROUTE: &str = "__other__";

/// A service's method and route (a templated path such as `/orders/{id}`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    pub service: Arc<str>,
    /// Upper case, for example `GET`; `_OTHER` when unknown.
    pub method: Arc<str>,
    pub route: Arc<str>,
}

impl Endpoint {
    #[must_use]
    pub fn id(&self) -> EndpointId {
        let mut hash = Xxh3Default::new();
        self.feed(&mut hash);
        EndpointId(hash.digest())
    }

    fn feed(&self, hash: &mut Xxh3Default) {
        for field in [&self.service, &self.method, &self.route] {
            feed(hash, field);
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.service, self.method, self.route)
    }
}

/// Names an endpoint in links and queries: 16 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointId(pub u64);

impl EndpointId {
    /// `None` unless the text is exactly 16 hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| u64::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Names a [`Series`] inside one process and one data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesId(pub u64);

/// An endpoint in an environment: the unit that is rolled up, watched and forecast.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    endpoint: Endpoint,
    environment: Environment,
    endpoint_id: EndpointId,
    id: SeriesId,
}

impl Series {
    #[must_use]
    pub fn new(endpoint: Endpoint, environment: Environment) -> Self {
        let mut hash = Xxh3Default::new();
        endpoint.feed(&mut hash);
        feed(&mut hash, environment.provider.as_str());
        feed(&mut hash, &environment.deployment);
        feed(&mut hash, &environment.region);
        let (endpoint_id, id) = (endpoint.id(), SeriesId(hash.digest()));
        Self { endpoint, environment, endpoint_id, id }
    }

    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    #[must_use]
    pub fn endpoint_id(&self) -> EndpointId {
        self.endpoint_id
    }

    #[must_use]
    pub fn id(&self) -> SeriesId {
        self.id
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.endpoint, self.environment)
    }
}

fn feed(hash: &mut Xxh3Default, field: &str) {
    hash.update(&(field.len() as u64).to_le_bytes());
    hash.update(field.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Provider;

    fn endpoint(service: &str, method: &str, route: &str) -> Endpoint {
        Endpoint { service: service.into(), method: method.into(), route: route.into() }
    }

    #[test]
    fn an_id_is_the_same_in_every_release() {
        // Links that people saved and rows on disk carry this number.
        assert_eq!(endpoint("orders", "POST", "/orders").id().to_string(), "945f7c4d247078de");
    }

    #[test]
    fn field_borders_matter() {
        assert_ne!(endpoint("a", "bc", "/").id(), endpoint("ab", "c", "/").id());
    }

    #[test]
    fn ids_survive_their_text_form() {
        let id = endpoint("orders", "GET", "/orders/{id}").id();
        assert_eq!(EndpointId::parse(&id.to_string()), Some(id));
        for wrong in ["", "12", "zzzzzzzzzzzzzzzz", "+123456789abcdef", "00000000000000000"] {
            assert_eq!(EndpointId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn one_endpoint_in_two_environments_is_two_series() {
        let series = |provider| {
            let environment = Environment::new(provider, "production", "eu-west-1");
            Series::new(endpoint("orders", "GET", "/orders"), environment)
        };
        let (aws, gcp) = (series(Provider::Aws), series(Provider::Gcp));
        assert_eq!(aws.endpoint_id(), gcp.endpoint_id());
        assert_ne!(aws.id(), gcp.id());
    }
}
