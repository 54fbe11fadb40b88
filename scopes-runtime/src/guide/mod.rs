//! How to use this crate in an application, by task.

#[cfg(feature = "mcp")]
pub mod mcp;
pub mod middleware;
