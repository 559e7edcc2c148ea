//! The store as its users see it: what was appended is found, whatever happens in between.

mod harness;
mod laws;
mod requests;
mod upkeep;
