//! The MCP client of `@modelcontextprotocol/sdk`, registered dynamically at `oidc-provider`.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ServerHandler, tool, tool_handler, tool_router};
use scopes_runtime::mcp::{McpEndpoint, scoped_tools};
use scopes_runtime::{
    ProtectedResourceMetadata, Requirement, ResourceServer, ScopedRouter, declare_scopes, requires_scopes,
};
use scopes_tests::listen;
use serde_json::{Value, json};

use super::issuer::{Issuer, modules, node};

/// What a token may do with notes.
#[declare_scopes]
enum Scope {
    /// Read notes.
    Read = "notes:read",
    /// Write notes.
    Write = "notes:write",
    /// Delete notes.
    Delete = "notes:delete",
}

#[derive(Clone)]
struct Notes;

#[scoped_tools]
#[tool_router]
impl Notes {
    #[tool]
    #[requires_scopes("notes:read")]
    async fn read(&self) -> String {
        "read".to_owned()
    }

    #[tool]
    #[requires_scopes("notes:write")]
    async fn write(&self) -> String {
        "written".to_owned()
    }

    #[tool]
    #[requires_scopes("notes:delete")]
    async fn delete(&self) -> String {
        "deleted".to_owned()
    }
}

#[tool_handler]
impl ServerHandler for Notes {}

/// Serves the notes. Returns the URL of the endpoint.
async fn serve(issuer: &Issuer) -> String {
    let (listener, url) = listen().await;
    let url = format!("{url}/mcp");
    let metadata = ProtectedResourceMetadata::new(&url).expect("a URL");
    let metadata = metadata.authorization_server(&issuer.url).scopes::<Scope>();
    let server =
        ResourceServer::builder(issuer.jwt_decoder(&url)).metadata(&metadata).build().expect("a realm");
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(|| Ok(Notes), sessions, StreamableHttpServerConfig::default());
    let endpoint = McpEndpoint::new(service, Requirement::ANY_VALID_TOKEN)
        .tools(&Notes::tool_router(), Notes::tool_access());
    let router = ScopedRouter::new().route_mcp("/mcp", endpoint).with_state(server);
    let app = Router::from(router).merge(metadata.router());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

fn run(modules: &Path, url: &str) -> Value {
    let output = node("mcp_client.mjs").arg(modules).arg(url).output().expect("it runs");
    let (text, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{errors}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_the_official_sdk_registers_and_logs_in_again_for_a_tool() {
    let Some(modules) = modules() else { return };
    let issuer = Issuer::start(&modules);
    let url = serve(&issuer).await;
    let all = "notes:read notes:write notes:delete";
    let expected = json!({
        "registered": all,
        "tools": ["read"],
        "read": "read",
        "refused": "login",
        "deleted": "deleted",
        "toolsAfterwards": ["delete"],
        "neverGranted": 403,
        "sameSession": true,
        "requested": [all, "notes:delete", "notes:write"],
    });
    assert_eq!(run(&modules, &url), expected);
}
