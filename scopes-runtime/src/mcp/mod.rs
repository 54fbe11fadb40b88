//! Scopes for the tools, prompts and resources of MCP servers on rmcp, the official SDK.
//!
//! ```
//! use std::sync::Arc;
//!
//! use rmcp::handler::server::wrapper::Parameters;
//! use rmcp::schemars::{self, JsonSchema};
//! use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
//! use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
//! use rmcp::{tool, tool_handler, tool_router};
//! use scopes_runtime::mcp::{McpEndpoint, scoped_tools};
//! use scopes_runtime::{AccessToken, Requirement, ResourceServer, ScopedRouter, declare_scopes, requires_scopes};
//!
//! #[declare_scopes]
//! enum Scope {
//!     /// Read notes.
//!     NotesRead = "notes:read",
//!     /// Delete notes.
//!     NotesDelete = "notes:delete",
//! }
//!
//! #[derive(Clone)]
//! struct Notes;
//!
//! #[derive(serde::Deserialize, JsonSchema)]
//! struct Id {
//!     id: u32,
//! }
//!
//! #[scoped_tools]
//! #[tool_router]
//! impl Notes {
//!     #[tool(description = "Lists the user's notes.")]
//!     #[requires_scopes("notes:read")]
//!     async fn list_notes(&self, token: AccessToken) -> String {
//!         format!("the notes of {}", token.subject().unwrap_or("unknown"))
//!     }
//!
//!     #[tool(description = "Deletes a note.")]
//!     #[requires_scopes("notes:delete")]
//!     async fn delete_note(&self, Parameters(Id { id }): Parameters<Id>) -> String {
//!         format!("deleted {id}")
//!     }
//! }
//!
//! #[tool_handler]
//! impl rmcp::ServerHandler for Notes {}
//!
//! fn router(server: ResourceServer) -> ScopedRouter {
//!     let config = StreamableHttpServerConfig::default().with_allowed_hosts(["notes.example"]);
//!     let service = StreamableHttpService::new(|| Ok(Notes), Arc::new(LocalSessionManager::default()), config);
//!     let endpoint =
//!         McpEndpoint::new(service, Requirement::ANY_VALID_TOKEN).tools(&Notes::tool_router(), Notes::tool_access());
//!     ScopedRouter::new().route_mcp("/mcp", endpoint).with_state(server)
//! }
//! # fn main() {}
//! ```
//!
//! A tool without `#[requires_scopes]` or `#[public]` does not compile:
//!
//! ```compile_fail
//! # use scopes_runtime::mcp::scoped_tools;
//! # struct Notes;
//! #[scoped_tools] // error: the tool `delete_note` has no requirement
//! #[rmcp::tool_router]
//! impl Notes {
//!     #[rmcp::tool(description = "Deletes a note.")]
//!     async fn delete_note(&self) {}
//! }
//! ```
//!
//! The guide [`guide::mcp`](crate::guide::mcp) shows the requests of clients.

mod access;
mod endpoint;
mod items;
mod list_changes;
mod lists;
mod messages;
mod sessions;
mod token;
mod uri_template;

pub use access::McpAccess;
pub use endpoint::McpEndpoint;
pub use token::access_token;

pub(crate) use endpoint::McpConfig;
pub(crate) use lists::{Visible, is_event_stream};
pub(crate) use messages::{Malformed, Messages, is_json};
pub(crate) use sessions::SessionOwner;
pub(crate) use token::AcceptedToken;

/// Reads the requirements of rmcp's `#[prompt]` methods from `#[requires_scopes]` and `#[public]`, and generates the function
/// `prompt_access`, which returns them for [`McpEndpoint::prompts`]. See [`scoped_tools`](macro@scoped_tools).
///
/// ```
/// use rmcp::model::{PromptMessage, Role};
/// use rmcp::{prompt, prompt_router};
/// use scopes_runtime::mcp::scoped_prompts;
/// use scopes_runtime::{declare_scopes, requires_scopes};
///
/// #[declare_scopes]
/// enum Scope {
///     /// Read notes.
///     NotesRead = "notes:read",
/// }
///
/// struct Notes;
///
/// #[scoped_prompts]
/// #[prompt_router]
/// impl Notes {
///     #[prompt(description = "Summarizes the notes.")]
///     #[requires_scopes("notes:read")]
///     async fn summarize(&self) -> Vec<PromptMessage> {
///         vec![PromptMessage::new_text(Role::User, "Summarize my notes.")]
///     }
/// }
/// # fn main() {
/// # let _ = Notes::prompt_access();
/// # }
/// ```
pub use scopes_runtime_macros::scoped_prompts;
/// Reads the requirements of rmcp's `#[tool]` methods from `#[requires_scopes]` and `#[public]`, and generates the function
/// `tool_access`, which returns them for [`McpEndpoint::tools`].
///
/// It goes on the `impl` block, beside `#[tool_router]`. The attributes of a method can have any order. A `#[tool]` method
/// without a requirement is a compile error. `#[public]` is for tools that every client of the endpoint may use.
///
/// A type with several `impl` blocks of tools names the functions: `#[scoped_tools(file_tool_access)]`. Join their tables with
/// [`McpAccess::merge`].
pub use scopes_runtime_macros::scoped_tools;
