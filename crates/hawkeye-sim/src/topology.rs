//! The web shop as data: services, endpoints, who calls whom, how fast and how reliably.
//!
//! Owns the constants only; [`crate::world`] turns them into tables. Times are each endpoint's own
//! work in milliseconds at the baseline environment: what it waits for its calls comes on top.

/// A service outside the shop that all environments share. It sends no telemetry of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum External {
    CardProcessor,
    IdentityProvider,
    AddressLookup,
}

impl External {
    pub(crate) const ALL: [Self; 3] = [Self::CardProcessor, Self::IdentityProvider, Self::AddressLookup];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::CardProcessor => "card-processor",
            Self::IdentityProvider => "identity-provider",
            Self::AddressLookup => "address-lookup",
        }
    }
}

#[derive(Debug)]
pub(crate) struct ServiceSpec {
    pub(crate) name: &'static str,
    /// Major and minor number of the version that runs at the start.
    pub(crate) version: (u16, u16),
    /// Instances in the largest environment.
    pub(crate) instances: u8,
    /// What the service keeps its data in, one per environment.
    pub(crate) database: &'static str,
    pub(crate) endpoints: &'static [EndpointSpec],
}

#[derive(Debug)]
pub(crate) struct EndpointSpec {
    pub(crate) method: &'static str,
    pub(crate) route: &'static str,
    pub(crate) median_ms: f64,
    /// Standard deviation of the logarithm of the own time.
    pub(crate) spread: f64,
    /// Success: usually 200, 201, 202 or 204.
    pub(crate) success: u16,
    /// Share of 304 Not Modified.
    pub(crate) unmodified: f64,
    /// The usual client error and its share.
    pub(crate) rejection: (u16, f64),
    /// Share of server errors of its own.
    pub(crate) failures: f64,
    pub(crate) uses: Option<External>,
    pub(crate) calls: &'static [CallSpec],
    pub(crate) demand: Demand,
    pub(crate) size_bytes_in: u32,
    pub(crate) size_bytes_out: u32,
}

/// Who calls an endpoint, apart from other endpoints and journeys.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Demand {
    /// Nobody.
    None,
    /// Independent clients; the number is the rank in popularity, 1 is the most popular.
    Rank(u16),
    /// Independent clients, this many times an hour and environment, whatever the configured rate.
    Hourly(f64),
    /// Nobody until it is released; then as popular as this rank.
    Unreleased(u16),
    /// Probes.
    Probe,
}

#[derive(Debug)]
pub(crate) struct CallSpec {
    /// `service METHOD /route`
    pub(crate) target: &'static str,
    pub(crate) chance: f64,
    /// A needed call's failure fails its caller. The others run beside it and are forgiven.
    pub(crate) needed: bool,
}

const fn need(target: &'static str) -> CallSpec {
    CallSpec { target, chance: 1.0, needed: true }
}

const fn often(target: &'static str, chance: f64) -> CallSpec {
    CallSpec { target, chance, needed: true }
}

const fn beside(target: &'static str, chance: f64) -> CallSpec {
    CallSpec { target, chance, needed: false }
}

const fn endpoint(method: &'static str, route: &'static str, median_ms: f64) -> EndpointSpec {
    EndpointSpec {
        method,
        route,
        median_ms,
        spread: 0.38,
        success: 200,
        unmodified: 0.0,
        rejection: (400, 0.004),
        failures: 0.000_8,
        uses: None,
        calls: &[],
        demand: Demand::None,
        size_bytes_in: 320,
        size_bytes_out: 1_800,
    }
}

const fn get(route: &'static str, median_ms: f64) -> EndpointSpec {
    endpoint("GET", route, median_ms)
}

const fn post(route: &'static str, median_ms: f64) -> EndpointSpec {
    let spec = endpoint("POST", route, median_ms);
    EndpointSpec { success: 201, size_bytes_in: 1_100, size_bytes_out: 600, ..spec }
}

const fn put(route: &'static str, median_ms: f64) -> EndpointSpec {
    EndpointSpec { size_bytes_in: 900, size_bytes_out: 400, ..endpoint("PUT", route, median_ms) }
}

const fn delete(route: &'static str, median_ms: f64) -> EndpointSpec {
    EndpointSpec { success: 204, size_bytes_out: 120, ..endpoint("DELETE", route, median_ms) }
}

impl EndpointSpec {
    const fn spread(self, spread: f64) -> Self {
        Self { spread, ..self }
    }

    const fn unmodified(self, unmodified: f64) -> Self {
        Self { unmodified, ..self }
    }

    const fn rejects(self, status: u16, share: f64) -> Self {
        Self { rejection: (status, share), ..self }
    }

    const fn fails(self, failures: f64) -> Self {
        Self { failures, ..self }
    }

    const fn success(self, success: u16) -> Self {
        Self { success, ..self }
    }

    const fn uses(self, external: External) -> Self {
        Self { uses: Some(external), ..self }
    }

    const fn calls(self, calls: &'static [CallSpec]) -> Self {
        Self { calls, ..self }
    }

    const fn demand(self, demand: Demand) -> Self {
        Self { demand, ..self }
    }

    const fn rank(self, rank: u16) -> Self {
        self.demand(Demand::Rank(rank))
    }

    const fn sends(self, size_bytes_out: u32) -> Self {
        Self { size_bytes_out, ..self }
    }
}

const fn service(
    name: &'static str,
    version: (u16, u16),
    instances: u8,
    database: &'static str,
    endpoints: &'static [EndpointSpec],
) -> ServiceSpec {
    ServiceSpec { name, version, instances, database, endpoints }
}

/// Entry requests come in here. Each route's first call names the service that it stands for.
pub(crate) const GATEWAY: &str = "gateway";

pub(crate) static SERVICES: &[ServiceSpec] = &[
    service(GATEWAY, (4, 8), 4, "redis-gateway", GATEWAY_ENDPOINTS),
    service("accounts", (3, 2), 3, "postgres-accounts", ACCOUNTS),
    service("catalog", (2, 13), 4, "postgres-catalog", CATALOG),
    service("search", (1, 22), 4, "opensearch-products", SEARCH),
    service("carts", (2, 4), 3, "redis-carts", CARTS),
    service("orders", (5, 1), 4, "postgres-orders", ORDERS),
    service("payments", (2, 31), 3, "postgres-payments", PAYMENTS),
    service("risk", (1, 7), 2, "postgres-risk", RISK),
    service("inventory", (3, 0), 3, "postgres-inventory", INVENTORY),
    service("shipping", (1, 15), 2, "postgres-shipping", SHIPPING),
    service("notifications", (2, 9), 2, "rabbitmq-notifications", NOTIFICATIONS),
    service("recommendations", (0, 44), 3, "redis-recommendations", RECOMMENDATIONS),
    service("reviews", (1, 3), 2, "mongodb-reviews", REVIEWS),
];

const GATEWAY_ENDPOINTS: &[EndpointSpec] = &[
    get("/api/products", 3.6)
        .rank(1)
        .unmodified(0.05)
        .calls(&[need("catalog GET /products"), beside("recommendations GET /recommendations", 0.25)])
        .sends(24_000),
    get("/api/products/{id}", 3.4)
        .rank(2)
        .unmodified(0.04)
        .calls(&[
            need("catalog GET /products/{id}"),
            beside("reviews GET /products/{id}/rating", 0.5),
            beside("inventory GET /stock/{sku}", 0.4),
        ])
        .sends(9_000),
    get("/api/search", 3.5).rank(3).rejects(400, 0.008).calls(&[need("search GET /search")]).sends(18_000),
    get("/api/search/suggest", 3.0).rank(4).calls(&[need("search GET /suggest")]).sends(900),
    get("/api/me", 3.1).rank(5).rejects(401, 0.018).calls(&[need("accounts GET /accounts/{id}")]),
    get("/api/cart", 3.1).rank(6).rejects(401, 0.01).calls(&[need("carts GET /carts/{id}")]),
    get("/api/categories", 2.8).rank(7).unmodified(0.12).calls(&[need("catalog GET /categories")]),
    get("/api/orders", 3.3).rank(8).rejects(401, 0.015).calls(&[need("orders GET /orders")]).sends(12_000),
    get("/api/recommendations", 3.0).rank(9).calls(&[need("recommendations GET /recommendations")]),
    get("/api/products/{id}/reviews", 3.2)
        .rank(10)
        .unmodified(0.03)
        .calls(&[need("reviews GET /products/{id}/reviews")])
        .sends(14_000),
    get("/api/orders/{id}", 3.2).rank(11).rejects(401, 0.012).calls(&[need("orders GET /orders/{id}")]),
    get("/api/shipments/{id}", 3.1).rank(12).calls(&[need("shipping GET /shipments/{id}")]),
    get("/api/wallet", 3.2).rank(14).rejects(401, 0.012).calls(&[need("payments GET /payment-methods")]),
    post("/api/sessions", 3.9).rank(16).rejects(429, 0.004).calls(&[need("accounts POST /sessions")]),
    delete("/api/sessions", 3.0).rank(24).calls(&[need("accounts DELETE /sessions/{id}")]),
    post("/api/accounts", 4.1).rejects(429, 0.004).calls(&[need("accounts POST /accounts")]),
    post("/api/accounts/verify", 3.2).success(200).calls(&[need("accounts POST /accounts/verify")]),
    put("/api/me/addresses", 3.4).rank(30).calls(&[need("accounts PUT /accounts/{id}/addresses")]),
    post("/api/cart/items", 3.4).calls(&[need("carts POST /carts/{id}/items")]),
    delete("/api/cart/items/{item}", 3.1).rank(28).calls(&[need("carts DELETE /carts/{id}/items/{item}")]),
    post("/api/checkout", 4.2).calls(&[need("orders POST /orders")]),
    post("/api/payments", 4.4).calls(&[need("payments POST /charges")]),
    post("/api/refunds", 4.0).calls(&[need("payments POST /refunds")]),
    post("/api/wallet", 3.8).rank(40).calls(&[need("payments POST /payment-methods")]),
    post("/api/products/{id}/reviews", 3.7).rank(36).calls(&[need("reviews POST /reviews")]),
    post("/api/exports", 4.0).success(202).demand(Demand::Hourly(4.0)).calls(&[need("catalog GET /export")]),
    get("/api/invoices/{id}", 3.3)
        .demand(Demand::Hourly(6.0))
        .calls(&[need("orders GET /invoices/{id}")])
        .sends(90_000),
    delete("/api/accounts/{id}", 3.2)
        .demand(Demand::Hourly(2.5))
        .calls(&[need("accounts DELETE /accounts/{id}")]),
    post("/api/webhooks/carrier", 3.0)
        .success(202)
        .demand(Demand::Hourly(9.0))
        .calls(&[need("shipping POST /webhooks/carrier")]),
    get("/healthz", 0.9).demand(Demand::Probe).rejects(400, 0.0).fails(0.000_2).sends(40),
    get("/api/wishlist", 3.1).demand(Demand::Unreleased(13)).calls(&[need("carts GET /wishlists/{id}")]),
    get("/api/loyalty", 3.2).demand(Demand::Unreleased(15)).calls(&[need("accounts GET /loyalty/{id}")]),
    post("/api/gift-cards", 3.6).demand(Demand::Unreleased(20)).calls(&[need("payments POST /gift-cards")]),
];

const ACCOUNTS: &[EndpointSpec] = &[
    get("/accounts/{id}", 7.0).rejects(404, 0.003),
    post("/sessions", 88.0).spread(0.22).rejects(401, 0.03).uses(External::IdentityProvider),
    delete("/sessions/{id}", 6.0),
    post("/accounts", 130.0)
        .spread(0.3)
        .rejects(409, 0.025)
        .uses(External::IdentityProvider)
        .calls(&[beside("notifications POST /emails", 1.0)]),
    post("/accounts/verify", 16.0).success(200).rejects(410, 0.03),
    put("/accounts/{id}/addresses", 34.0).rejects(422, 0.03).uses(External::AddressLookup),
    delete("/accounts/{id}", 900.0).spread(0.5).fails(0.003),
    get("/loyalty/{id}", 9.0),
];

const CATALOG: &[EndpointSpec] = &[
    get("/products", 21.0).spread(0.42).fails(0.001),
    get("/products/{id}", 9.0).rejects(404, 0.02),
    get("/categories", 4.5).spread(0.3),
    get("/prices/{sku}", 3.8).spread(0.3),
    get("/export", 1_500.0).spread(0.45).fails(0.004),
];

const SEARCH: &[EndpointSpec] =
    &[get("/search", 62.0).spread(0.5).fails(0.002), get("/suggest", 13.0).spread(0.4).fails(0.001)];

const CARTS: &[EndpointSpec] = &[
    get("/carts/{id}", 5.5).rejects(404, 0.008),
    post("/carts/{id}/items", 12.0)
        .rejects(409, 0.015)
        .calls(&[need("inventory GET /stock/{sku}"), need("catalog GET /prices/{sku}")]),
    delete("/carts/{id}/items/{item}", 9.0).rejects(404, 0.01),
    get("/wishlists/{id}", 7.0),
];

const ORDERS: &[EndpointSpec] = &[
    post("/orders", 48.0).rejects(422, 0.01).fails(0.002).calls(&[
        need("carts GET /carts/{id}"),
        need("inventory POST /reservations"),
        need("shipping POST /quotes"),
    ]),
    get("/orders", 38.0).spread(0.48),
    get("/orders/{id}", 13.0).rejects(404, 0.012),
    put("/orders/{id}/state", 20.0).rejects(409, 0.002),
    get("/invoices/{id}", 620.0).spread(0.5).fails(0.003),
];

const PAYMENTS: &[EndpointSpec] = &[
    post("/charges", 360.0)
        .spread(0.34)
        .rejects(402, 0.026)
        .fails(0.002)
        .uses(External::CardProcessor)
        .calls(&[
            need("risk POST /assessments"),
            need("orders PUT /orders/{id}/state"),
            beside("notifications POST /emails", 0.95),
        ]),
    post("/refunds", 430.0)
        .spread(0.36)
        .rejects(409, 0.02)
        .fails(0.002)
        .uses(External::CardProcessor)
        .calls(&[need("orders GET /orders/{id}"), beside("notifications POST /emails", 1.0)]),
    get("/payment-methods", 17.0),
    post("/payment-methods", 270.0).rejects(422, 0.03).uses(External::CardProcessor),
    post("/gift-cards", 75.0),
];

const RISK: &[EndpointSpec] = &[post("/assessments", 44.0).success(200).spread(0.45)];

const INVENTORY: &[EndpointSpec] = &[
    get("/stock/{sku}", 4.6).spread(0.3).rejects(404, 0.004),
    post("/reservations", 27.0).rejects(409, 0.014).fails(0.001_5),
];

const SHIPPING: &[EndpointSpec] = &[
    post("/quotes", 105.0).success(200).spread(0.4).uses(External::AddressLookup),
    get("/shipments/{id}", 29.0).rejects(404, 0.018).calls(&[often("orders GET /orders/{id}", 0.35)]),
    post("/webhooks/carrier", 18.0).success(202).rejects(401, 0.02),
];

const NOTIFICATIONS: &[EndpointSpec] = &[post("/emails", 32.0).success(202).fails(0.002)];

const RECOMMENDATIONS: &[EndpointSpec] = &[get("/recommendations", 42.0).spread(0.5).fails(0.003)];

const REVIEWS: &[EndpointSpec] = &[
    get("/products/{id}/reviews", 19.0),
    get("/products/{id}/rating", 3.9).spread(0.3),
    post("/reviews", 38.0).rejects(422, 0.03).calls(&[need("accounts GET /accounts/{id}")]),
];
