//! MCP servers with scopes for their tools, prompts and resources.

mod attacks;
mod bound;
mod client;
mod construction;
mod list_changes;
mod lists;
mod member_names;
mod parameters;
mod report;
mod scopes;
mod sessions;
mod unreadable_lists;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::response::IntoResponse;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{
    GetPromptRequestParams, GetPromptResponse, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, PaginatedRequestParams, PromptMessage, ReadResourceRequestParams,
    ReadResourceResponse, ReadResourceResult, Resource, ResourceContents, ResourceTemplate, Role,
    ServerCapabilities, ServerConfig,
};
use rmcp::schemars::{self, JsonSchema};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer, ServerHandler, prompt, prompt_router, tool, tool_handler, tool_router};
use scopes_runtime::mcp::{McpEndpoint, access_token, scoped_prompts, scoped_tools};
use scopes_runtime::testing::{TestIssuer, TestToken};
use scopes_runtime::{
    AccessToken, ProtectedResourceMetadata, Requirement, ResourceServer, ScopedRouter, declare_scopes,
    public, requires_scopes, scopes,
};
use scopes_tests::{Answer, send};
use serde_json::{Value, json};
use tower::Service;

/// What a token may do with notes.
#[declare_scopes]
enum Scope {
    /// Use the server.
    Mcp = "mcp",
    /// Read notes.
    Read = "notes:read",
    /// Write notes.
    #[implies(Read)]
    Write = "notes:write",
    /// Delete notes.
    Delete = "notes:delete",
    /// Delete the notes of others.
    Admin = "notes:admin",
}

type Endpoint = McpEndpoint<StreamableHttpService<Notes, LocalSessionManager>>;

/// A server that counts the uses of its tools, prompts and resources.
#[derive(Clone, Default)]
struct Notes {
    uses: Arc<AtomicUsize>,
}

#[derive(serde::Deserialize, JsonSchema)]
struct Note {
    text: String,
}

#[scoped_tools]
#[tool_router]
impl Notes {
    #[tool(description = "Lists notes.")]
    #[requires_scopes("notes:read")]
    async fn list_notes(&self, token: AccessToken) -> String {
        self.count();
        format!("the notes of {}", token.subject().unwrap_or("unknown"))
    }

    #[requires_scopes("notes:write")]
    #[tool(description = "Adds a note.")]
    async fn add_note(&self, Parameters(Note { text }): Parameters<Note>) -> String {
        self.count();
        text
    }

    #[tool(name = "delete-notes", description = "Deletes notes.")]
    #[requires_scopes("notes:delete", may_require("notes:admin"))]
    async fn delete(&self, token: AccessToken) -> Result<String, ErrorData> {
        self.count();
        token.require(scopes!("notes:admin"))?;
        Ok("deleted".to_owned())
    }

    #[tool(description = "Describes the server.")]
    #[public(reason = "it is the same for all")]
    fn about(&self) -> String {
        self.count();
        "notes".to_owned()
    }
}

#[prompt_router]
#[scoped_prompts]
impl Notes {
    #[prompt(description = "Summarizes notes.")]
    #[requires_scopes("notes:read")]
    async fn summarize(&self) -> Vec<PromptMessage> {
        self.count();
        vec![PromptMessage::new_text(Role::User, "Summarize my notes.")]
    }
}

impl Notes {
    fn count(&self) {
        self.uses.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns how many tools, prompts and resources were used.
    fn uses(&self) -> usize {
        self.uses.load(Ordering::Relaxed)
    }

    /// Returns the endpoint, of a service without sessions.
    fn endpoint(&self) -> Endpoint {
        let config =
            StreamableHttpServerConfig::default().with_legacy_session_mode(false).with_json_response(true);
        self.endpoint_with(config)
    }

    /// Returns the endpoint, of a service with this configuration.
    fn endpoint_with(&self, config: StreamableHttpServerConfig) -> Endpoint {
        let notes = self.clone();
        let manager = Arc::new(LocalSessionManager::default());
        let service = StreamableHttpService::new(move || Ok(notes.clone()), manager, config);
        McpEndpoint::new(service, scopes!("mcp"))
            .tools(&Self::tool_router(), Self::tool_access())
            .prompts(&Self::prompt_router(), Self::prompt_access())
            .resource("notes://index", Requirement::ANY_VALID_TOKEN)
            .resource("notes://{id}/text", scopes!("notes:read"))
    }
}

#[tool_handler]
impl ServerHandler for Notes {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_prompts()
            .enable_resources()
            .build();
        ServerConfig::new(capabilities)
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(Self::prompt_router().list_all()))
    }

    async fn get_prompt(
        &self,
        _: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        self.count();
        Err(ErrorData::invalid_params("no prompt is needed in tests", None))
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let resources = ["notes://index", "notes://1/text", "notes://undeclared"];
        Ok(ListResourcesResult::with_all_items(resources.map(|uri| Resource::new(uri, uri)).to_vec()))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let template = ResourceTemplate::new("notes://{id}/text", "text");
        Ok(ListResourceTemplatesResult::with_all_items(vec![template]))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        self.count();
        let token = access_token(&context.extensions)?;
        let text = format!("of {}", token.subject().unwrap_or("unknown"));
        Ok(ReadResourceResult::new(vec![ResourceContents::text(text, request.uri)]).into())
    }
}

/// A served endpoint at `/mcp`, its issuer and its server.
struct App {
    issuer: TestIssuer,
    notes: Notes,
    app: Router,
}

impl App {
    fn new() -> Self {
        Self::with(Notes::endpoint)
    }

    fn with<T>(endpoint: impl FnOnce(&Notes) -> McpEndpoint<T>) -> Self
    where
        T: Service<Request<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        let (issuer, notes) = (TestIssuer::new(), Notes::default());
        let metadata = ProtectedResourceMetadata::new("https://notes.example/mcp").expect("a URL");
        let server = ResourceServer::builder(issuer.decoder()).metadata(&metadata).build().expect("a realm");
        let router = ScopedRouter::new().route_mcp("/mcp", endpoint(&notes));
        let app = Router::from(router.with_state(server));
        Self { issuer, notes, app }
    }

    /// Returns a token of alice.
    fn token(&self, scopes: &str) -> String {
        self.token_of("alice").scopes([scopes]).sign()
    }

    fn token_of(&self, subject: &str) -> TestToken {
        self.issuer.token().subject(subject)
    }

    /// Sends a message.
    async fn post(&self, token: &str, message: &Value) -> Answer {
        self.post_raw(token, message.to_string(), &[]).await
    }

    /// Sends a body with more headers.
    async fn post_raw(&self, token: &str, body: impl Into<Body>, headers: &[(&str, &str)]) -> Answer {
        let headers = [&[("content-type", "application/json")], headers].concat();
        self.send("POST", token, body, &headers).await
    }

    async fn send(
        &self,
        method: &str,
        token: &str,
        body: impl Into<Body>,
        headers: &[(&str, &str)],
    ) -> Answer {
        send(&self.app, request(method, token, body, headers)).await
    }
}

fn request(method: &str, token: &str, body: impl Into<Body>, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri("/mcp")
        .header(header::HOST, "localhost")
        .header(header::ACCEPT, "application/json, text/event-stream")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).expect("a request")
}

/// Returns a JSON-RPC request.
fn message(method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params })
}

fn call(tool: &str) -> Value {
    message("tools/call", &json!({ "name": tool, "arguments": { "text": "Foo" } }))
}
