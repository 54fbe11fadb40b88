//! Scopes for MCP servers: [`McpEndpoint`], for [`ScopedRouter::route_mcp`](crate::ScopedRouter::route_mcp).

mod access;
mod endpoint;
mod items;
mod lists;
mod messages;
mod sessions;
mod token;
mod uri_template;

pub use access::McpAccess;
pub use endpoint::McpEndpoint;
pub use token::access_token;

pub(crate) use endpoint::McpConfig;
pub(crate) use lists::Visible;
pub(crate) use messages::{Malformed, Messages, is_json};
pub(crate) use sessions::SessionOwner;
pub(crate) use token::AcceptedToken;
