//! How to use this crate in an application, by task.

pub mod middleware;
