//! How to use this crate, by task.

#[cfg_attr(not(doctest), doc = include_str!("applications.md"))]
pub mod applications {}

#[cfg_attr(not(doctest), doc = include_str!("documents.md"))]
pub mod documents {}

#[cfg_attr(not(doctest), doc = include_str!("errors.md"))]
pub mod errors {}

#[cfg_attr(not(doctest), doc = include_str!("generated_code.md"))]
pub mod generated_code {}

#[cfg_attr(not(doctest), doc = include_str!("mcp.md"))]
pub mod mcp {}

pub mod middleware;

#[cfg_attr(not(doctest), doc = include_str!("report.md"))]
pub mod report {}

#[cfg_attr(not(doctest), doc = include_str!("responses.md"))]
pub mod responses {}

#[cfg_attr(not(doctest), doc = include_str!("testing.md"))]
pub mod testing {}

#[cfg_attr(not(doctest), doc = include_str!("tokens.md"))]
pub mod tokens {}
