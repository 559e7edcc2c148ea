//! The watcher on made-up series: what must be found, what must not, and what must stay true.

mod judging;
mod laws;
mod shop;
mod signals;
