//! Rules, routing, and what becomes of them: from measures and anomalies to alerts, from alerts to notifications.

pub mod matcher;
pub mod routing;
pub mod rule;
