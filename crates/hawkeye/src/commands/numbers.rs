//! What `hawkeye detect` and `hawkeye forecast` share: files of numbers over time, and how they are shown.

pub(in crate::commands) mod input;
pub(in crate::commands) mod picture;
pub(in crate::commands) mod text;
