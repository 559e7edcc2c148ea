//! Delivers notifications.
