//! Journeys: what people defined, what was discovered, and how they fare. The engine does the work.

pub(crate) mod conversions;
pub(crate) mod documents;
pub(crate) mod impact;
pub(crate) mod list;
pub(crate) mod proposals;
