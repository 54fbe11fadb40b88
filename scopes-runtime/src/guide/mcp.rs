//! Scopes for MCP servers: a scope for each tool, and how clients obtain them.
//!
//! [`McpEndpoint`](crate::mcp::McpEndpoint) has a server's tools with their requirements, and
//! [`ScopedRouter::route_mcp`](crate::ScopedRouter::route_mcp) checks them before the server runs. `demo-app/examples/mcp_notes.rs`
//! in the repository is a server with four tools of three scopes: `cargo run -p demo-app --example mcp_notes`.
//!
//! # A server
//!
//! ```
//! use std::sync::Arc;
//!
//! use axum::Router;
//! use axum::http::{HeaderName, Method, header};
//! use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
//! use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
//! use rmcp::{ErrorData, ServerHandler, tool, tool_handler, tool_router};
//! use scopes_runtime::mcp::{McpEndpoint, scoped_tools};
//! use scopes_runtime::{
//!     AccessToken, ProtectedResourceMetadata, Requirement, ResourceServer, ScopedRouter, TokenDecoder, declare_scopes,
//!     public, requires_scopes, scopes,
//! };
//! use tower_http::cors::{Any, CorsLayer};
//!
//! #[declare_scopes]
//! enum Scope {
//!     /// Read notes.
//!     NotesRead = "notes:read",
//!     /// Delete notes.
//!     NotesDelete = "notes:delete",
//!     /// Read and delete the notes of everyone.
//!     #[implies(NotesRead, NotesDelete)]
//!     Admin = "admin",
//! }
//!
//! #[derive(Clone)]
//! struct Notes;
//!
//! #[scoped_tools]
//! #[tool_router]
//! impl Notes {
//!     /// Describes the server.
//!     #[tool]
//!     #[public]
//!     async fn about(&self) -> String {
//!         "notes".to_owned()
//!     }
//!
//!     /// Deletes all notes, of everyone for administrators.
//!     #[tool]
//!     #[requires_scopes("notes:delete", may_require("admin"))]
//!     async fn delete_notes(&self, token: AccessToken) -> Result<String, ErrorData> {
//!         # let is_shared = false;
//!         if is_shared {
//!             token.require(scopes!("admin"))?;
//!         }
//!         Ok(format!("deleted the notes of {}", token.subject().unwrap_or("unknown")))
//!     }
//! }
//!
//! #[tool_handler]
//! impl ServerHandler for Notes {}
//!
//! fn app(decoder: impl TokenDecoder) -> Result<Router, Box<dyn std::error::Error>> {
//!     let metadata = ProtectedResourceMetadata::new("https://notes.example/mcp")?
//!         .authorization_server("https://issuer.example")
//!         .scopes::<Scope>();
//!     let server = ResourceServer::builder(decoder).metadata(&metadata).build()?;
//!     let config = StreamableHttpServerConfig::default().with_allowed_hosts(["notes.example"]);
//!     let service = StreamableHttpService::new(|| Ok(Notes), Arc::new(LocalSessionManager::default()), config);
//!     let endpoint = McpEndpoint::new(service, Requirement::AUTHENTICATED)
//!         .tools(&Notes::tool_router(), Notes::tool_access())
//!         .resource("notes://{id}", scopes!("notes:read"));
//!     let router = ScopedRouter::new().vocabulary::<Scope>().route_mcp("/mcp", endpoint).with_state(server);
//!     let session_id = HeaderName::from_static("mcp-session-id");
//!     // For clients in browsers. Preflight requests need no token, because the layer is around the router.
//!     let cors = CorsLayer::new()
//!         .allow_origin(Any)
//!         .allow_methods([Method::GET, Method::POST, Method::DELETE])
//!         .allow_headers([
//!             header::AUTHORIZATION,
//!             header::CONTENT_TYPE,
//!             session_id.clone(),
//!             HeaderName::from_static("last-event-id"),
//!             HeaderName::from_static("mcp-protocol-version"),
//!             HeaderName::from_static("mcp-method"),
//!             HeaderName::from_static("mcp-name"),
//!         ])
//!         .expose_headers([header::WWW_AUTHENTICATE, session_id]);
//!     Ok(Router::from(router).merge(metadata.router()).layer(cors))
//! }
//! # fn main() {}
//! ```
//!
//! The access report, the lock file and the scope matrix have a line for each item:
//!
//! ```text
//! METHOD    PATH                REQUIRES                         HANDLER
//! *         /mcp                any valid token                  -
//! TOOL      /mcp#about          any valid token                  -
//! TOOL      /mcp#delete_notes   notes:delete; may require admin  -
//! RESOURCE  /mcp#notes://{id}   notes:read                       -
//! ```
//!
//! # What is checked
//!
//! | message | needs, beside the endpoint's requirement |
//! | --- | --- |
//! | `tools/call` | that of the tool |
//! | `prompts/get`, `completion/complete` of a prompt | that of the prompt |
//! | `resources/read`, `resources/subscribe`, `resources/directory/read`, `skills/get`, `completion/complete` of a resource, each URI of `subscriptions/listen` | that of each resource template that matches the URI |
//! | other messages, also notifications and responses; `GET`, `DELETE` | nothing |
//! | a batch | that of all its messages |
//!
//! Methods of your own and tasks need the endpoint's requirement only: check more in the handler, with
//! [`access_token`](crate::mcp::access_token).
//!
//! `tools/list`, `prompts/list`, `resources/list` and `resources/templates/list` contain what the token may use, or everything with
//! [`list_all`](crate::mcp::McpEndpoint::list_all).
//!
//! A session belongs to the subject and client whose token opened it: ids that clients get (`Mcp-Session-Id`) have a tag, an HMAC
//! of the id and the owner. With another owner the response is 404, as for a session that has ended. A new token of the same owner
//! continues the session.
//!
//! # Two ways to obtain scopes
//!
//! A client that only has the URL of the server registers itself (RFC 7591) for the scopes that it requests first, and an
//! authorization server may refuse others later. The SDKs request the scopes of the first refusal, or, if it names none, those of
//! `scopes_supported`. So the first refusal must name all scopes or none.
//!
//! ## Name all scopes in the metadata
//!
//! The endpoint requires any valid token (`Requirement::AUTHENTICATED`), so the first refusal names no scope, and the metadata has
//! all of them ([`scopes`](crate::ProtectedResourceMetadata::scopes)). The client registers for all. A user who grants fewer is
//! asked again when a tool needs more:
//!
//! ```text
//! POST /mcp                           {"method":"initialize",…}
//! 401  WWW-Authenticate: Bearer realm="api", resource_metadata="https://notes.example/.well-known/oauth-protected-resource/mcp"
//!
//! GET  /.well-known/oauth-protected-resource/mcp
//! 200  {"resource":"https://notes.example/mcp","authorization_servers":["https://issuer.example"],
//!       "scopes_supported":["notes:read","notes:delete","admin"],…}
//!
//! POST https://issuer.example/register   {"redirect_uris":[…],"scope":"notes:read notes:delete admin"}
//! GET  https://issuer.example/authorize?scope=notes:read+notes:delete+admin&resource=https://notes.example/mcp&code_challenge=…
//!                                     the user grants notes:read
//!
//! POST /mcp                           Authorization: Bearer …
//!                                     {"method":"tools/call","params":{"name":"delete_notes"}}
//! 403  WWW-Authenticate: Bearer realm="api", error="insufficient_scope", scope="notes:delete", resource_metadata="…"
//!
//! GET  https://issuer.example/authorize?scope=notes:delete&resource=https://notes.example/mcp&code_challenge=…
//! POST /mcp                           the call again, with the new token
//! ```
//!
//! The second request asks for `notes:delete` alone: whether the new token also has `notes:read` is up to the authorization server.
//! A scope that [implies](macro@crate::declare_scopes) others keeps it from losing them.
//!
//! ## Name no scopes, and log in once
//!
//! [`hide_scopes`](crate::ResourceServerBuilder::hide_scopes) omits scopes from all refusals, so a client always requests
//! `scopes_supported`. It logs in once, for what the metadata names. A refusal after that is final (npm's SDK logs in once more, for
//! the same scopes):
//!
//! ```text
//! POST /mcp                           {"method":"tools/call","params":{"name":"delete_notes"}}
//! 403  WWW-Authenticate: Bearer realm="api", error="insufficient_scope", resource_metadata="…"
//! ```
//!
//! What does not work is an endpoint with a scope of its own, `McpEndpoint::new(service, scopes!("mcp"))`, for clients that
//! register themselves: the first refusal names `mcp`, and they register for it alone.
//!
//! # Refusals inside of a tool
//!
//! [`AccessToken::require`](crate::AccessToken::require) in a tool comes after the HTTP status, so it becomes a JSON-RPC error, and
//! clients do not log in again by themselves. Prefer `#[requires_scopes]`.
//!
//! ```text
//! {"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"The access token lacks a required scope. …",
//!  "data":{"error":"insufficient_scope","scope":"notes:delete admin"}}}
//! ```
