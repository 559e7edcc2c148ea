//! Routes that a framework, a library or a person declared, told apart from those that say nothing.
//!
//! Requests without a declared route get one from [`templating`](crate::templating).

/// The route without a query; empty when it catches everything.
pub(crate) fn declared_route(route: &str) -> &str {
    // `(?` opens a group in the regular expressions that some frameworks use as routes.
    let is_query = |at: &usize| !route[..*at].ends_with('(');
    let end = route.match_indices('?').map(|(at, _)| at).find(is_query).unwrap_or(route.len());
    let route = &route[..end];
    if catches_all(route) { "" } else { route }
}

/// `*`, `/**`, `/{*path}`, `/<path:path>` and the like: one wildcard and nothing else.
fn catches_all(route: &str) -> bool {
    let wildcard = route.trim_start_matches('/');
    let is_between = |start: &str, end: &str| {
        wildcard
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(end))
            .is_some_and(|name| !name.contains('/'))
    };
    let is_named_star = || {
        let name = wildcard.strip_prefix('*');
        name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
    };
    matches!(wildcard, "**" | "*/*" | "**/*" | ".*" | "(.*)")
        || is_named_star()
        || is_between("{*", "}")
        || is_between("{", ":path}")
        || is_between("<path:", ">")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_declare_nothing() {
        for route in [
            "",
            "*",
            "/*",
            "*/*",
            "/**",
            "/**/*",
            "/{*path}",
            "/{**slug}",
            "/{path:path}",
            "/<path:path>",
            "/*splat",
            "(.*)",
            "/*?a=b",
        ] {
            assert_eq!(declared_route(route), "", "{route}");
        }
    }

    #[test]
    fn wildcards_below_a_name_are_routes() {
        for route in ["/", "/static/*", "/files/{*path}", "/{id}", "/{tenant}/x/{rest:path}", "/*/orders"] {
            assert_eq!(declared_route(route), route);
        }
    }

    #[test]
    fn the_query_goes_and_groups_stay() {
        assert_eq!(declared_route("/orders?page=1"), "/orders");
        assert_eq!(declared_route("^users/(?P<pk>[0-9]+)/$"), "^users/(?P<pk>[0-9]+)/$");
    }
}
