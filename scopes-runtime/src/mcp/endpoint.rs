use std::fmt;
use std::sync::Arc;

use rmcp::handler::server::router::prompt::PromptRouter;
use rmcp::handler::server::router::tool::ToolRouter;

use super::McpAccess;
use super::items::Items;
use super::list_changes::ListChanges;
use super::sessions::Sessions;
use crate::operation::ItemKind;
use crate::scope::Requirement;

/// An MCP server with the scopes of its tools, prompts and resources, for
/// [`ScopedRouter::route_mcp`](crate::ScopedRouter::route_mcp). The [guide](crate::guide::mcp) has an example.
///
/// The service is rmcp's `StreamableHttpService`, or another one of the Streamable HTTP transport. A request that needs scopes
/// which its token lacks is refused before the service runs, with the status 403 and a challenge that names all of them.
///
/// Only declared tools, prompts and resources can be used. For others the client gets the JSON-RPC error that they do not
/// exist.
pub struct McpEndpoint<T> {
    pub(crate) service: T,
    pub(crate) requirement: Requirement,
    pub(crate) config: McpConfig,
}

/// The configuration of an endpoint.
pub(crate) struct McpConfig {
    pub(crate) items: Items,
    pub(crate) sessions: Sessions,
    pub(crate) max_body_bytes: usize,
    pub(crate) lists_all: bool,
    pub(crate) list_changes: Arc<ListChanges>,
}

const MAX_BODY_BYTES: usize = 1024 * 1024;

impl<T> McpEndpoint<T> {
    /// Creates an endpoint without tools. `requirement` is that of each request, also of those that use no tool.
    ///
    /// # Panics
    ///
    /// Panics if the operating system provides no random bytes for the key of session ids.
    pub fn new(service: T, requirement: Requirement) -> Self {
        let config = McpConfig {
            items: Items::default(),
            sessions: Sessions::new(),
            max_body_bytes: MAX_BODY_BYTES,
            lists_all: false,
            list_changes: Arc::default(),
        };
        Self { service, requirement, config }
    }

    /// Declares the tools of rmcp's router: `.tools(&Notes::tool_router(), Notes::tool_access())`.
    ///
    /// # Panics
    ///
    /// Panics if a tool has no requirement, or a requirement has no tool. The message names the tool.
    #[must_use]
    pub fn tools<S>(mut self, router: &ToolRouter<S>, access: McpAccess) -> Self {
        access.check("tool", router.map.keys().map(|name| &**name));
        self.config.items.add_all(ItemKind::Tool, access);
        self
    }

    /// Declares the prompts of rmcp's router.
    ///
    /// # Panics
    ///
    /// Panics if a prompt has no requirement, or a requirement has no prompt. The message names the prompt.
    #[must_use]
    pub fn prompts<S>(mut self, router: &PromptRouter<S>, access: McpAccess) -> Self {
        access.check("prompt", router.map.keys().map(|name| &**name));
        self.config.items.add_all(ItemKind::Prompt, access);
        self
    }

    /// Declares a tool of a server without rmcp's router.
    ///
    /// # Panics
    ///
    /// Panics if a tool of this name is declared already.
    #[must_use]
    pub fn tool(mut self, name: impl Into<String>, requirement: Requirement) -> Self {
        self.config.items.add(ItemKind::Tool, name.into(), requirement);
        self
    }

    /// Declares a prompt of a server without rmcp's router.
    ///
    /// # Panics
    ///
    /// Panics if a prompt of this name is declared already.
    #[must_use]
    pub fn prompt(mut self, name: impl Into<String>, requirement: Requirement) -> Self {
        self.config.items.add(ItemKind::Prompt, name.into(), requirement);
        self
    }

    /// Declares a resource, or those of a URI template (RFC 6570), with `{name}` for characters but `/`, `?` and `#`, and
    /// `{+name}` for any: `.resource("notes://{id}", scopes!("notes:read"))`. A URI that matches several templates needs all of
    /// their requirements. URIs are compared byte by byte.
    ///
    /// # Panics
    ///
    /// Panics if the template is declared already, or has other expressions.
    #[must_use]
    pub fn resource(mut self, uri: impl Into<String>, requirement: Requirement) -> Self {
        self.config.items.add(ItemKind::Resource, uri.into(), requirement);
        self
    }

    /// Lists all declared tools, prompts and resources, with their scopes in the description of those that the token may not
    /// use. Default: lists contain only what the token may use.
    #[must_use]
    pub fn list_all(mut self) -> Self {
        self.config.lists_all = true;
        self
    }

    /// Sets the longest body of a request in bytes. Default: 1 MiB. A longer one is refused with the status 413.
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.config.max_body_bytes = bytes;
        self
    }

    /// Sets the key that binds session ids to the clients that opened them. Copies of the server accept each other's sessions
    /// if they have the same key. Default: a random key.
    #[must_use]
    pub fn session_key(mut self, key: [u8; 32]) -> Self {
        self.config.sessions = Sessions::with_key(key);
        self
    }
}

impl<T> fmt::Debug for McpEndpoint<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("McpEndpoint")
            .field("requirement", &self.requirement)
            .field("items", &self.config.items)
            .finish_non_exhaustive()
    }
}
