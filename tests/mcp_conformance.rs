//! The MCP server that the scenarios of `@modelcontextprotocol/conformance` expect, with a scope for each kind of item. Prints
//! its URL and a token with all of them; `.ci/mcp-conformance` runs it.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{
    CompleteRequestParams, CompleteResult, CompletionInfo, ListResourceTemplatesResult, ListResourcesResult,
    PaginatedRequestParams, ProgressNotificationParam, PromptMessage, ReadResourceRequestParams,
    ReadResourceResponse, ReadResourceResult, Resource, ResourceContents, ResourceTemplate, Role,
    ServerCapabilities, ServerConfig,
};
use rmcp::schemars::{self, JsonSchema};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{
    ErrorData, RoleServer, ServerHandler, prompt, prompt_handler, prompt_router, tool, tool_handler,
    tool_router,
};
use scopes_runtime::mcp::{McpEndpoint, scoped_prompts, scoped_tools};
use scopes_runtime::testing::TestIssuer;
use scopes_runtime::{
    ProtectedResourceMetadata, ResourceServer, ScopedRouter, declare_scopes, requires_scopes, scopes,
};

/// What a token may do.
#[declare_scopes]
enum Scope {
    /// Use the server.
    Mcp = "mcp",
    /// Call tools.
    Tools = "tools",
    /// Get prompts.
    Prompts = "prompts",
    /// Read resources.
    Resources = "resources",
    /// Call tools that the printed token does not have.
    Hidden = "hidden",
}

#[derive(Clone)]
struct Conformance;

#[derive(serde::Deserialize, JsonSchema)]
struct Arguments {
    /// The first argument.
    arg1: String,
    /// The second argument.
    arg2: String,
}

#[scoped_tools]
#[tool_router]
impl Conformance {
    #[tool(description = "Returns a text.")]
    #[requires_scopes("tools")]
    async fn test_simple_text(&self) -> String {
        "This is a simple text response for testing.".to_owned()
    }

    #[tool(description = "Fails.")]
    #[requires_scopes("tools")]
    async fn test_error_handling(&self) -> Result<String, String> {
        Err("This tool intentionally returns an error for testing".to_owned())
    }

    #[tool(description = "Reports its progress.")]
    #[requires_scopes("tools")]
    async fn test_tool_with_progress(
        &self,
        context: RequestContext<RoleServer>,
    ) -> Result<String, ErrorData> {
        for progress in [0.0, 50.0, 100.0] {
            if let Some(token) = context.meta.get_progress_token() {
                let progress = ProgressNotificationParam::new(token, progress).with_total(100.0);
                let sent = context.peer.notify_progress(progress).await;
                sent.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok("done".to_owned())
    }

    #[tool(description = "Is neither listed nor called.")]
    #[requires_scopes("hidden")]
    async fn hidden(&self) -> String {
        "hidden".to_owned()
    }
}

#[scoped_prompts]
#[prompt_router]
impl Conformance {
    #[prompt(description = "Has no arguments.")]
    #[requires_scopes("prompts")]
    async fn test_simple_prompt(&self) -> Vec<PromptMessage> {
        vec![PromptMessage::new_text(Role::User, "This is a simple prompt for testing.")]
    }

    #[prompt(description = "Has arguments.")]
    #[requires_scopes("prompts")]
    async fn test_prompt_with_arguments(
        &self,
        Parameters(Arguments { arg1, arg2 }): Parameters<Arguments>,
    ) -> Vec<PromptMessage> {
        let text = format!("Prompt with arguments: arg1='{arg1}', arg2='{arg2}'");
        vec![PromptMessage::new_text(Role::User, text)]
    }
}

const TEXT: &str = "test://static-text";
const TEMPLATE: &str = "test://template/{id}/data";

#[tool_handler]
#[prompt_handler(router = Self::prompt_router())]
impl ServerHandler for Conformance {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_prompts()
            .enable_resources()
            .enable_completions()
            .build();
        ServerConfig::new(capabilities)
    }

    async fn complete(
        &self,
        _: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let values = CompletionInfo::with_all_values(vec!["testing".to_owned()]);
        values.map(CompleteResult::new).map_err(|error| ErrorData::internal_error(error, None))
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(vec![Resource::new(TEXT, "text")]))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(vec![ResourceTemplate::new(TEMPLATE, "data")]))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let text = format!("This is the content of {}.", request.uri);
        let contents = ResourceContents::text(text, request.uri).with_mime_type("text/plain");
        Ok(ReadResourceResult::new(vec![contents]).into())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (listener, url) = scopes_tests::listen().await;
    let url = format!("{url}/mcp");
    let issuer = TestIssuer::new().with_audience(&url);
    let metadata = ProtectedResourceMetadata::new(&url)?.scopes::<Scope>();
    let server = ResourceServer::builder(issuer.decoder()).metadata(&metadata).build()?;
    let sessions = Arc::new(LocalSessionManager::default());
    let service =
        StreamableHttpService::new(|| Ok(Conformance), sessions, StreamableHttpServerConfig::default());
    let endpoint = McpEndpoint::new(service, scopes!("mcp"))
        .tools(&Conformance::tool_router(), Conformance::tool_access())
        .prompts(&Conformance::prompt_router(), Conformance::prompt_access())
        .resource(TEXT, scopes!("resources"))
        .resource(TEMPLATE, scopes!("resources"));
    let router = ScopedRouter::new().vocabulary::<Scope>().route_mcp("/mcp", endpoint).with_state(server);
    let scopes = ["mcp", "tools", "prompts", "resources"];
    println!("{url} {}", issuer.token().subject("alice").scopes(scopes).sign());
    Ok(axum::serve(listener, Router::from(router).merge(metadata.router())).await?)
}
